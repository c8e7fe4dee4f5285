package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

func randomTensor(seed uint64, shape ...int) *nn.Tensor {
	r, t := rand.New(rand.NewPCG(seed, 2)), nn.NewTensor(shape...)
	for i := range t.Data {
		t.Data[i] = float32(r.NormFloat64())
	}
	return t
}

// quantised returns t as a weight of Q8_0.
func quantised(t testing.TB, x *nn.Tensor) *nn.Weight {
	t.Helper()
	size, _ := gguf.Q8_0.RowBytes(len(x.Data))
	w := &nn.Weight{Name: "w", Type: gguf.Q8_0, Shape: x.Shape, Bytes: make([]byte, size)}
	must(t, quant.Encode(w.Type, w.Bytes, x.Data, nil))
	return w
}

// mixture is an op of so many tokens, each of which chose 2 of 8 experts; the last expert is chosen by nobody.
func mixture(t testing.TB, w *nn.Weight, tokens int) *nn.Op {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(tokens), 3))
	chosen := &nn.Tensor{Shape: []int{tokens, 2}}
	for range tokens {
		first := r.Int32N(7)
		chosen.IDs = append(chosen.IDs, first, (first+1+r.Int32N(6))%7)
	}
	return &nn.Op{
		Name: "e", Kind: nn.ExpertMatMul, In: []*nn.Tensor{randomTensor(9, tokens, w.Cols()), chosen}, Weights: []*nn.Weight{w},
		Out: nn.NewTensor(tokens, 2, w.Shape[1]),
	}
}

// token returns op for one of its tokens.
func token(op *nn.Op, i int) *nn.Op {
	one := *op
	one.In = []*nn.Tensor{tensor([]int{1, op.In[0].Width()}, op.In[0].Row(i)...), ids([]int{1, 2}, op.In[1].IDs[2*i:2*i+2]...)}
	one.Out = nn.NewTensor(1, 2, op.Out.Width())
	return &one
}

// Tokens that chose the same expert are multiplied together, and get what each would get alone.
func TestExpertsOfManyTokensTogether(t *testing.T) {
	const tokens, out = 100, 48
	numbers := randomTensor(7, 8, out, 64)
	for _, c := range []struct {
		name  string
		w     *nn.Weight
		bound float64 // of the NMSE
	}{
		{"quantised", quantised(t, numbers), 0},
		{"floats", nn.FromTensor("w", numbers), 1e-12}, // 24 tokens and more are multiplied in another order
	} {
		op := mixture(t, c.w, tokens)
		all, err := nn.Run(nn.Fast, op)
		must(t, err)
		for i := range tokens {
			want, err := nn.Run(nn.Fast, token(op, i))
			must(t, err)
			got := tensor(want.Shape, all.Data[2*i*out:2*(i+1)*out]...)
			if e := nn.NMSE(got, want); !(e <= c.bound) {
				t.Errorf("%s: token %d of %d differs from itself alone by NMSE %g, want at most %g", c.name, i, tokens, e, c.bound)
			}
		}
		if e := nn.NMSE(all, exactly(t, op)); !(e < 1e-4) || math.IsNaN(e) {
			t.Errorf("%s: NMSE %g against exact, want below 1e-4", c.name, e)
		}
	}
}

func exactly(t *testing.T, op *nn.Op) *nn.Tensor {
	t.Helper()
	out, err := nn.Run(nn.Exact, op)
	must(t, err)
	return out
}

// BenchmarkExperts multiplies 128 tokens by 2 of 7 experts each.
func BenchmarkExperts(b *testing.B) {
	op := mixture(b, quantised(b, randomTensor(7, 8, 2048, 1024)), 128)
	for b.Loop() {
		if _, err := nn.Run(nn.Fast, op); err != nil {
			b.Fatal(err)
		}
	}
}
