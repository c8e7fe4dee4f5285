package kernels_test

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
)

// A token's vector, normed and weighed as in the first step of a block.
func ExampleRMSNorm() {
	x := []float32{3, -4, 0, 5}
	w := []float32{1, 1, 1, 0.5}
	y := make([]float32, 4)
	kernels.RMSNorm(y, x, w, 1e-5)
	fmt.Printf("%.4f\n", y)
	// Output: [0.8485 -1.1314 0.0000 0.7071]
}

func ExampleSoftmax() {
	scores := []float32{2, 1, 0}
	kernels.Softmax(scores)
	fmt.Printf("%.3f\n", scores)
	// Output: [0.665 0.245 0.090]
}

// Rows of a file are multiplied as they lie: here two of Q8_0, whose scale is one quarter.
func ExampleMatrix() {
	rows := make([]byte, 2*34)
	for r := range 2 {
		block := rows[34*r:]
		block[1] = 0x34 // 0.25 as f16
		for i := range 32 {
			block[2+i] = byte(4 * (r + 1))
		}
	}
	m, err := kernels.NewMatrix(gguf.Q8_0, 2, 32, rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	x, y := make([]float32, 32), make([]float32, 2)
	for i := range x {
		x[i] = 127
	}
	fmt.Println(m.Mul(y, x), y)
	// Output: <nil> [4064 8128]
}

// A pool's workers each compute a range of the outputs.
func ExamplePool() {
	p := kernels.NewPool(2)
	defer p.Close()
	s := &square{out: make([]int, 5)}
	if err := p.Do(5, s); err != nil {
		fmt.Println(err)
	}
	fmt.Println(s.out)
	// Output: [0 1 4 9 16]
}

// A Tally takes weights as they are decoded, whole or in pieces.
func ExampleTally() {
	var t kernels.Tally
	for _, row := range [][]float32{{-0.5, 0.25, 0}, {1, 0.75, -1.5}} {
		t.Add(row)
	}
	fmt.Printf("%d weights from %v to %v, rms %.3f, median %v\n", t.Count(), t.Min(), t.Max(), t.RMS(), t.Quantile(0.5))
	// Output: 6 weights from -1.5 to 1, rms 0.829, median 0
}

func ExampleDifference() {
	var d kernels.Difference
	d.Add([]float32{0.5, -1, 2}, []float32{0.5, -1.125, 2})
	fmt.Printf("NMSE %.1e, cosine %.6f, at most %v\n", d.NMSE(), d.Cos(), d.MaxAbs())
	// Output: NMSE 3.0e-03, cosine 0.998853, at most 0.125
}
