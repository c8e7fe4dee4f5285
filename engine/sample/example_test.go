package sample_test

import (
	"fmt"

	"github.com/sonde-ml/sonde/engine/sample"
)

func Example() {
	options := sample.Defaults()
	options.Seed = 42
	s, err := sample.New(options)
	if err != nil {
		fmt.Println(err)
		return
	}
	logits := []float32{1.5, 3.25, -2, 3} // one number per token of the vocabulary
	for range 5 {
		id, margin := s.Sample(logits)
		fmt.Print(id, " (", margin, ") ")
	}
	// Output: 3 (0.25) 1 (0.25) 3 (0.25) 3 (0.25) 1 (0.25)
}

func ExampleGreedy() {
	id, margin := sample.Greedy([]float32{1.5, 3.25, -2, 3})
	fmt.Println(id, margin)
	// Output: 1 0.25
}
