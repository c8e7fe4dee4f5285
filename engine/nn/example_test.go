package nn_test

import (
	"fmt"

	"github.com/sonde-ml/sonde/engine/nn"
)

// One op alone, on inputs of one's own, in float64: what the pass would compute if nothing else were wrong.
func ExampleRun() {
	x := &nn.Tensor{Shape: []int{1, 4}, Data: []float32{3, -4, 0, 5}}
	w := nn.FromTensor("attn_norm.weight", &nn.Tensor{Shape: []int{4}, Data: []float32{1, 1, 1, 0.5}})
	y, err := nn.Run(nn.Exact, &nn.Op{
		Name: "blk.0.attn_norm", Kind: nn.RMSNorm, In: []*nn.Tensor{x}, Weights: []*nn.Weight{w}, Eps: 1e-5, Out: nn.NewTensor(1, 4),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %.4f\n", y, y.Data)
	// Output: [1 4] [0.8485 -1.1314 0.0000 0.7071]
}

// A selector that matches nothing says what is near.
func ExampleSelect() {
	points := []nn.Point{
		{Name: "blk.0.attn_norm", Kind: nn.RMSNorm, Layer: 0},
		{Name: "blk.1.attn_norm", Kind: nn.RMSNorm, Layer: 1},
	}
	found, _ := nn.Select(points, "kind:rms_norm")
	fmt.Println(found)
	_, err := nn.Select(points, "blk.1.attn_nrom")
	fmt.Println(err)
	// Output:
	// [0 1]
	// selector "blk.1.attn_nrom" matches no op; the nearest names are blk.1.attn_norm, blk.0.attn_norm
}

// Numerics are a table: a variant of one op is a copy with one entry changed.
func ExampleNumerics_With() {
	forgetful := nn.Exact.With("no eps", nn.RMSNorm, func(op *nn.Op) error {
		op.Eps = 0
		y, err := nn.Run(nn.Exact, op)
		if err == nil {
			copy(op.Out.Data, y.Data)
		}
		return err
	})
	op := &nn.Op{
		Kind: nn.RMSNorm, In: []*nn.Tensor{{Shape: []int{1, 2}, Data: []float32{0.003, 0.004}}}, Out: nn.NewTensor(1, 2), Eps: 1e-5,
		Weights: []*nn.Weight{nn.FromTensor("w", &nn.Tensor{Shape: []int{2}, Data: []float32{1, 1}})},
	}
	for _, n := range []*nn.Numerics{nn.Exact, forgetful} {
		y, _ := nn.Run(n, op)
		fmt.Printf("%s: %.4f\n", n.Name(), y.Data)
	}
	// Output:
	// exact: [0.6325 0.8433]
	// no eps: [0.8485 1.1314]
}
