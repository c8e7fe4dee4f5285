package bench_test

import (
	"context"
	"fmt"

	"github.com/sonde-ml/sonde/engine/bench"
)

// How fast are two types on this machine, each as a model of random weights?
func ExampleRunTypes() {
	r, err := bench.RunTypes(context.Background(), []string{"q8_0", "q4_k"}, bench.Options{
		Like: "tiny", Prefill: []int{32}, Decode: []int{8}, Quick: true, // all of them larger where the figures count
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, res := range r.Results {
		fmt.Println(res.Type, res.Phase, res.Tokens, "tokens, faster than nothing:", res.TokensPerSecond > 0)
	}
	// Output:
	// q8_0 prefill 32 tokens, faster than nothing: true
	// q8_0 decode 8 tokens, faster than nothing: true
	// q4_k prefill 32 tokens, faster than nothing: true
	// q4_k decode 8 tokens, faster than nothing: true
}
