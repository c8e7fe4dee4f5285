package kernels_test

import (
	"encoding/binary"
	"fmt"
	"math"

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

// An input is rounded once for all matrices that it is multiplied by, by the workers of a pool. Here it is two tokens, and the
// matrix has three rows.
func ExampleMultiplier() {
	pool := kernels.NewPool(2)
	defer pool.Close()
	rows := make([]byte, 4*3*32)
	for i, v := range []float32{1, 0.5, -2} {
		binary.LittleEndian.PutUint32(rows[4*32*i:], math.Float32bits(v)) // the first of each row
	}
	w, err := kernels.NewMatrix(gguf.F32, 3, 32, rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := make([]float32, 2*32)
	x[0], x[32] = 10, 20
	m := kernels.NewMultiplier(pool)
	m.SetInput(x, 32)
	y := make([]float32, 2*3)
	fmt.Println(m.Product(y, w), y)
	// Output: <nil> [10 5 -20 20 10 -40]
}

// What a product with quantised weights sees of its input: bytes, times a scale for each block of 32.
func ExampleActivations() {
	x := make([]float32, 32)
	x[0], x[1], x[2] = 127, 0.4, -3.6
	var a kernels.Activations
	fmt.Println(a.Set(x, 32), a.Decode()[:3])
	// Output: <nil> [127 0 -4]
}

// Two heads of queries share one of keys and values. The token sees two cells; the key of the second is like its query.
func ExampleAttender() {
	pool := kernels.NewPool(1)
	defer pool.Close()
	keys := kernels.FloatCells([]float32{0, 0, 9, 0})
	values := kernels.FloatCells([]float32{1, 1, 2, 3})
	q, mixed := []float32{9, 0, 0, 0}, make([]float32, 4)
	err := kernels.NewAttender(pool).Attend(mixed, q, keys, values, []int32{1}, kernels.HeadShape{Heads: 2, KVHeads: 1, Dim: 2, Scale: 1})
	fmt.Println(err, mixed)
	// Output: <nil> [2 3 1.5 2]
}

// The same halfway: the scores of two heads for two cells, and what probabilities that nobody would learn make of the values.
func ExampleAttender_Scores() {
	pool := kernels.NewPool(1)
	defer pool.Close()
	a, shape := kernels.NewAttender(pool), kernels.HeadShape{Heads: 2, KVHeads: 1, Dim: 2, Scale: 1}
	scores := make([]float32, 4)
	fmt.Println(a.Scores(scores, []float32{9, 0, 0, 1}, kernels.FloatCells([]float32{0, 0, 9, 5}), shape), scores)

	mixed, probs := make([]float32, 4), []float32{1, 0, 0.5, 0.5}
	fmt.Println(a.Mix(mixed, probs, kernels.FloatCells([]float32{1, 1, 2, 3}), []int32{1}, shape), mixed)
	// Output:
	// <nil> [0 81 0 5]
	// <nil> [1 1 1.5 2]
}

// A quarter turn of one pair, as of position 1 where the pair's frequency is π/2.
func ExampleRoPE() {
	cos, sin := make([]float32, 1), make([]float32, 1)
	kernels.RoPEAngles(cos, sin, 1, []float64{math.Pi / 2}, 1)
	x := []float32{3, 4}
	kernels.RoPE(x, cos, sin, false)
	fmt.Printf("%.1f\n", x)
	// Output: [-4.0 3.0]
}

func ExampleSwiGLU() {
	y := make([]float32, 3)
	kernels.SwiGLU(y, []float32{-1, 0, 1}, []float32{2, 2, 2})
	fmt.Printf("%.3f\n", y)
	// Output: [-0.538 0.000 1.462]
}

func ExampleTopK() {
	logits := []float32{0.5, 3, -1, 2}
	fmt.Println(kernels.TopK(make([]int32, 2), logits), kernels.ArgMax(logits))
	// Output: [1 3] 1
}

// The same function at a level of one's choice, to time it or to compare the bits.
func ExampleAt() {
	plain, err := kernels.At("generic")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plain.Dot([]float32{1, 2, 3}, []float32{4, 5, 6}))
	// Output: 32
}
