package nn_test

import (
	"math"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
)

func tensor(shape []int, data ...float32) *nn.Tensor { return &nn.Tensor{Shape: shape, Data: data} }

func ids(shape []int, data ...int32) *nn.Tensor { return &nn.Tensor{Shape: shape, IDs: data} }

func weight(shape []int, data ...float32) *nn.Weight {
	return nn.FromTensor("w", tensor(shape, data...))
}

// TestOps computes each kind of op on numbers whose result can be worked out by hand.
func TestOps(t *testing.T) {
	attn := &nn.Attention{Heads: 2, KVHeads: 1, HeadDim: 2, Scale: 0.5}
	ln := func(x float64) float32 { return float32(math.Log(x)) }
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for _, c := range []struct {
		name string
		op   nn.Op
		want []float32
	}{
		{"embed", nn.Op{Kind: nn.Embed, In: []*nn.Tensor{ids([]int{2}, 2, 0)}, Weights: []*nn.Weight{weight([]int{3, 2}, 1, 2, 3, 4, 5, 6)}},
			[]float32{5, 6, 1, 2}},
		{"rms norm: rms of 3, 4 is √12.5", nn.Op{Kind: nn.RMSNorm, In: []*nn.Tensor{tensor([]int{1, 2}, 3, 4)}, Weights: []*nn.Weight{weight([]int{2}, 1, -2)}},
			[]float32{float32(3 / math.Sqrt(12.5)), float32(-8 / math.Sqrt(12.5))}},
		{"rms norm: eps stands inside of the root", nn.Op{Kind: nn.RMSNorm, Eps: 3, In: []*nn.Tensor{tensor([]int{1, 1}, 1)}, Weights: []*nn.Weight{weight([]int{1}, 1)}},
			[]float32{0.5}},
		{"linear with a bias: rows of the matrix are outputs", nn.Op{Kind: nn.MatMul, In: []*nn.Tensor{tensor([]int{2, 2}, 1, 2, 3, 4)},
			Weights: []*nn.Weight{weight([]int{3, 2}, 1, 0, 0, 1, 1, 1), weight([]int{3}, 10, 20, 30)}},
			[]float32{11, 22, 33, 13, 24, 37}},
		{"rope of neighbours: a quarter turn of the first pair", nn.Op{Kind: nn.Rotate, Pos: []int32{1}, In: []*nn.Tensor{tensor([]int{1, 1, 4}, 1, 2, 3, 4)},
			RoPE: &nn.RoPE{Pairing: nn.Neighbours, Freqs: []float64{math.Pi / 2, 0}, Mag: 1}}, []float32{-2, 1, 3, 4}},
		{"rope of halves", nn.Op{Kind: nn.Rotate, Pos: []int32{1}, In: []*nn.Tensor{tensor([]int{1, 1, 4}, 1, 2, 3, 4)},
			RoPE: &nn.RoPE{Pairing: nn.Halves, Freqs: []float64{math.Pi / 2, 0}, Mag: 1}}, []float32{-3, 2, 1, 4}},
		{"rope of a part, with a magnitude", nn.Op{Kind: nn.Rotate, Pos: []int32{2}, In: []*nn.Tensor{tensor([]int{1, 1, 4}, 1, 2, 3, 4)},
			RoPE: &nn.RoPE{Pairing: nn.Neighbours, Freqs: []float64{math.Pi / 2}, Mag: 2}}, []float32{-2, -4, 3, 4}},
		{"scores: both heads read the one key head, future cells too", nn.Op{Kind: nn.AttnScores, Pos: []int32{0, 1}, Attn: attn,
			In: []*nn.Tensor{tensor([]int{2, 2, 2}, 1, 0, 0, 1, 1, 1, 2, 0), tensor([]int{2, 1, 2}, 3, 4, 5, 6)}},
			[]float32{3, 5, 7, 11, 4, 6, 6, 10}},
		{"probs: scaled, and the future is masked", nn.Op{Kind: nn.AttnProbs, Pos: []int32{0, 1}, Attn: attn,
			In: []*nn.Tensor{tensor([]int{2, 2, 2}, 7, 9, 0, 2*ln(3), 1, 1, 2*ln(4), 0)}},
			[]float32{1, 0, 0.25, 0.75, 1, 0, 0.8, 0.2}},
		{"mix", nn.Op{Kind: nn.AttnMix, Pos: []int32{0, 1}, Attn: attn,
			In: []*nn.Tensor{tensor([]int{2, 2, 2}, 1, 0, 0.25, 0.75, 1, 0, 0.5, 0.5), tensor([]int{2, 1, 2}, 4, 8, 12, 16)}},
			[]float32{4, 8, 4, 8, 10, 14, 8, 12}},
		{"add", nn.Op{Kind: nn.Sum, In: []*nn.Tensor{tensor([]int{1, 2}, 1, 2), tensor([]int{1, 2}, 10, 20)}}, []float32{11, 22}},
		{"swiglu", nn.Op{Kind: nn.SwiGLU, In: []*nn.Tensor{tensor([]int{1, 2}, 2, -1), tensor([]int{1, 2}, 3, 5)}},
			[]float32{float32(6 * sigmoid(2)), float32(-5 * sigmoid(-1))}},
		{"softmax", nn.Op{Kind: nn.Softmax, In: []*nn.Tensor{tensor([]int{2, 2}, ln(1), ln(3), 1000, 1000)}}, []float32{0.25, 0.75, 0.5, 0.5}},
		{"expert weights", nn.Op{Kind: nn.ExpertWeights, In: []*nn.Tensor{tensor([]int{1, 3}, 0.1, 0.6, 0.2), ids([]int{1, 2}, 1, 2)}}, []float32{0.75, 0.25}},
		{"expert weights of almost nothing are not blown up", nn.Op{Kind: nn.ExpertWeights, In: []*nn.Tensor{tensor([]int{1, 2}, 0, 1.0/(1<<15)), ids([]int{1, 1}, 1)}}, []float32{0.5}},
		{"experts on a token's row", nn.Op{Kind: nn.ExpertMatMul, In: []*nn.Tensor{tensor([]int{1, 2}, 1, 10), ids([]int{1, 2}, 1, 0)},
			Weights: []*nn.Weight{weight([]int{2, 1, 2}, 1, 2, 3, 4)}}, []float32{43, 21}},
		{"experts on rows of their own", nn.Op{Kind: nn.ExpertMatMul, In: []*nn.Tensor{tensor([]int{1, 2, 2}, 1, 10, 2, 20), ids([]int{1, 2}, 1, 0)},
			Weights: []*nn.Weight{weight([]int{2, 1, 2}, 1, 2, 3, 4)}}, []float32{43, 42}},
		{"sum of experts", nn.Op{Kind: nn.ExpertSum, In: []*nn.Tensor{tensor([]int{1, 2, 2}, 1, 2, 10, 20), tensor([]int{1, 2}, 0.5, 0.25)}}, []float32{3, 6}},
	} {
		for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
			op := c.op
			op.Out = nn.NewTensor(outShape(&op)...)
			got, err := nn.Run(n, &op)
			if err != nil {
				t.Errorf("%s, %s: %v", n.Name(), c.name, err)
				continue
			}
			for i, want := range c.want {
				if math.Abs(float64(got.Data[i]-want)) > 1e-6*max(1, math.Abs(float64(want))) {
					t.Errorf("%s, %s: %v, want %v", n.Name(), c.name, got.Data, c.want)
					break
				}
			}
		}
	}
}

func outShape(op *nn.Op) []int {
	in := op.In[0].Shape
	switch op.Kind {
	case nn.Embed:
		return []int{in[0], op.Weights[0].Cols()}
	case nn.MatMul:
		return []int{in[0], op.Weights[0].Rows()}
	case nn.AttnScores:
		return []int{op.Attn.Heads, in[0], op.In[1].Shape[0]}
	case nn.AttnMix:
		return []int{len(op.Pos), op.Attn.Heads, op.Attn.HeadDim}
	case nn.ExpertWeights:
		return op.In[1].Shape
	case nn.ExpertMatMul:
		return []int{in[0], op.In[1].Shape[1], op.Weights[0].Shape[1]}
	case nn.ExpertSum:
		return []int{in[0], in[2]}
	}
	return in
}

func TestTopK(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		x    []float32
		k    int
		want []int32
	}{
		{[]float32{1, 5, 3}, 2, []int32{1, 2}},
		{[]float32{2, 2, 2, 2}, 3, []int32{0, 1, 2}}, // ties: the lower index first
		{[]float32{-1, -3, -2}, 3, []int32{0, 2, 1}},
		{[]float32{0, 9, 0, 9}, 1, []int32{1}},
	} {
		op := &nn.Op{Kind: nn.TopK, In: []*nn.Tensor{tensor([]int{1, len(c.x)}, c.x...)}, Out: ids([]int{1, c.k}, make([]int32, c.k)...)}
		got, err := nn.Run(nn.Exact, op)
		if err != nil || !slices.Equal(got.IDs, c.want) {
			t.Errorf("top %d of %v is %v (%v), want %v", c.k, c.x, got, err, c.want)
		}
	}
	op := &nn.Op{Kind: nn.TopK, In: []*nn.Tensor{tensor([]int{1, 3}, nan, 1, nan)}, Out: ids([]int{1, 2}, 0, 0)}
	if got, err := nn.Run(nn.Fast, op); err != nil || got.IDs[0] == got.IDs[1] {
		t.Errorf("top 2 among NaN: %v (%v), want two different experts", got, err)
	}
}

func TestYaRN(t *testing.T) {
	const dim, base, factor, context = 16, 10000, 4, 256
	plain, yarn := nn.NewRoPE(nn.Neighbours, dim, base), nn.NewRoPE(nn.Neighbours, dim, base)
	yarn.ScaleYaRN(base, factor, context)
	if got, want := yarn.Freqs[0], plain.Freqs[0]; got != want {
		t.Errorf("the fastest pair turns by %g, want %g as without scaling", got, want)
	}
	last := dim/2 - 1
	if got, want := yarn.Freqs[last], plain.Freqs[last]/factor; math.Abs(got-want) > 1e-18 {
		t.Errorf("the slowest pair turns by %g, want %g, a quarter of it", got, want)
	}
	if want := 1 + 0.1*math.Log(factor); yarn.Mag != want {
		t.Errorf("the magnitude is %g, want %g", yarn.Mag, want)
	}
	for i := 1; i < dim/2; i++ {
		if yarn.Freqs[i] >= yarn.Freqs[i-1] {
			t.Errorf("pair %d turns as fast as pair %d", i, i-1)
		}
	}
}

func TestMeasures(t *testing.T) {
	a, b := tensor([]int{2}, 3, 4), tensor([]int{2}, 3, 4.5)
	if got, want := a.RMS(), math.Sqrt(12.5); got != want {
		t.Errorf("RMS of 3, 4 is %g, want %g", got, want)
	}
	if got, want := nn.NMSE(b, a), 0.25/25; got != want {
		t.Errorf("NMSE is %g, want %g", got, want)
	}
	zero := tensor([]int{2}, 0, 0)
	if got := nn.NMSE(zero, zero); got != 0 {
		t.Errorf("NMSE of zeros against zeros is %g, want 0", got)
	}
	if got := nn.NMSE(a, zero); !math.IsInf(got, 1) {
		t.Errorf("NMSE against zeros is %g, want Inf", got)
	}
	if got := nn.NMSE(a, tensor([]int{1}, 3)); !math.IsNaN(got) {
		t.Errorf("NMSE of different shapes is %g, want NaN", got)
	}
}
