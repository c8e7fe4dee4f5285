package kernels_test

import (
	"fmt"

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
