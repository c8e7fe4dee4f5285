package nn_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/kernels"
)

// firstNonFinite runs the prompt and returns what the runner says, and what looking at every output says.
func firstNonFinite(t *testing.T, m *toy, n *nn.Numerics, lastRow bool) (said, seen string) {
	t.Helper()
	r := nn.NewRunner(m.Forward, n, nn.NewCache(64), nil, 2)
	defer r.Close()
	r.Watch(func(op *nn.Op, _ time.Duration) {
		if seen == "" && !kernels.Finite(op.Out.Data) {
			seen = op.Name
		}
	})
	if _, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt, LastRow: lastRow}); err != nil {
		t.Fatal(err)
	}
	return r.FirstNonFinite(), seen
}

// weights lists those of the toy.
func (m *toy) weights() []*nn.Weight {
	list := []*nn.Weight{m.embd, m.outNorm, m.out.W}
	for i := range m.blocks {
		b := &m.blocks[i]
		for _, l := range []nn.Linear{b.q, b.k, b.v, b.o, b.gate, b.up, b.down, b.router} {
			list = append(list, l.W)
			if l.Bias != nil {
				list = append(list, l.Bias)
			}
		}
		list = append(list, b.norm, b.ffnNorm, b.gateExps, b.upExps, b.downExps)
	}
	return list
}

// Most outputs are never looked at, and yet the first that is not finite is found.
func TestFirstNonFiniteIsTheFirst(t *testing.T) {
	for i := range newToy().weights() {
		for _, bits := range []uint32{0x7fc00000, 0x7f800000, 0xff800000, 0x7f000000} { // NaN, ±Inf, one that overflows
			m := newToy()
			w := m.weights()[i]
			spoil(w, bits)
			for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
				for _, lastRow := range []bool{false, true} {
					got, want := firstNonFinite(t, m, n, lastRow)
					if got != want {
						t.Errorf("%s, %s holds %x, last row %t: the first op is %q, want %q", n.Name(), w.Name, bits, lastRow, got, want)
					}
				}
			}
		}
	}
}

// spoil puts a number somewhere into a weight.
func spoil(w *nn.Weight, bits uint32) {
	at := len(w.Bytes) / 3 &^ 3
	for i := range 4 {
		w.Bytes[at+i] = byte(bits >> (8 * i))
	}
}

// Ops of these kinds have an output that is not finite where one number of an input is not: FirstNonFinite relies on it.
func TestWhatIsNotFiniteIsPassedOn(t *testing.T) {
	const rows, width, experts, chosen = 5, 32, 3, 2
	random := func(shape ...int) *nn.Tensor { return randomTensor(uint64(len(shape)+shape[0]), shape...) }
	choice := func() *nn.Tensor { return ids([]int{rows, chosen}, 0, 2, 1, 0, 2, 1, 0, 1, 1, 2) }
	square, mixture := quantised(t, random(width, width)), quantised(t, random(experts, width, width))
	for _, c := range []struct {
		name string
		op   func() nn.Op
	}{
		{"rms norm", func() nn.Op {
			return nn.Op{Kind: nn.RMSNorm, Eps: 1e-5, In: []*nn.Tensor{random(rows, width)}, Weights: []*nn.Weight{nn.FromTensor("w", nn.NewTensor(width))}}
		}},
		{"linear of floats", func() nn.Op {
			return nn.Op{Kind: nn.MatMul, In: []*nn.Tensor{random(rows, width)}, Weights: []*nn.Weight{nn.FromTensor("w", nn.NewTensor(width, width))}}
		}},
		{"linear, quantised", func() nn.Op {
			return nn.Op{Kind: nn.MatMul, In: []*nn.Tensor{random(rows, width)}, Weights: []*nn.Weight{square}}
		}},
		{"rope", func() nn.Op {
			return nn.Op{Kind: nn.Rotate, Pos: []int32{0, 1, 2, 3, 4}, RoPE: nn.NewRoPE(nn.Halves, width/2, 1e4), In: []*nn.Tensor{random(rows, 1, width)}}
		}},
		{"add", func() nn.Op { return nn.Op{Kind: nn.Sum, In: []*nn.Tensor{random(rows, width), random(rows, width)}} }},
		{"swiglu", func() nn.Op {
			return nn.Op{Kind: nn.SwiGLU, In: []*nn.Tensor{random(rows, width), nn.NewTensor(rows, width)}}
		}},
		{"expert linear", func() nn.Op {
			return nn.Op{Kind: nn.ExpertMatMul, In: []*nn.Tensor{random(rows, width), choice()}, Weights: []*nn.Weight{mixture}}
		}},
		{"expert sum", func() nn.Op {
			return nn.Op{Kind: nn.ExpertSum, In: []*nn.Tensor{random(rows, chosen, width), nn.NewTensor(rows, chosen)}}
		}},
	} {
		for in := range c.op().In {
			for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
				passesOn(t, fmt.Sprintf("%s, %s, input %d", n.Name(), c.name, in), n, c.op, in)
			}
		}
	}
}

// passesOn spoils one number of an input after the other.
func passesOn(t *testing.T, name string, n *nn.Numerics, make func() nn.Op, in int) {
	t.Helper()
	for i := range make().In[in].Data {
		for _, odd := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			op := make()
			op.In[in].Data[i] = float32(odd)
			op.Out = nn.NewTensor(outShape(&op)...)
			out, err := nn.Run(n, &op)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if kernels.Finite(out.Data) {
				t.Fatalf("%s: %v at %d does not show in the output", name, odd, i)
			}
		}
	}
}
