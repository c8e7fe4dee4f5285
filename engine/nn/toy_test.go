package nn_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
)

// toy is a model of two blocks with random weights: small, but with everything that hides mistakes when it is absent.
// Heads are grouped, all sizes differ, norms are not 1, and block 1 has experts.
type toy struct {
	embd, outNorm *nn.Weight
	out           nn.Linear
	blocks        [2]toyBlock
	rope          *nn.RoPE
	attn          *nn.Attention
}

type toyBlock struct {
	norm, ffnNorm              *nn.Weight
	q, k, v, o                 nn.Linear
	gate, up, down             nn.Linear
	router                     nn.Linear
	gateExps, upExps, downExps *nn.Weight
}

const (
	toyVocab, toyWidth, toyFF = 37, 24, 40
	toyHeads, toyKV, toyDim   = 6, 2, 8
	toyExperts, toyUsed       = 3, 2
	toyEps                    = 1e-5
)

func newToy() *toy { return newToyOf(toyDim) }

// newToyOf returns a toy whose heads have dim numbers.
func newToyOf(dim int) *toy {
	r := rand.New(rand.NewPCG(1, 2))
	weight := func(name string, scale float64, shape ...int) *nn.Weight {
		t := nn.NewTensor(shape...)
		for i := range t.Data {
			t.Data[i] = float32(r.NormFloat64() * scale)
		}
		return nn.FromTensor(name, t)
	}
	linear := func(name string, bias bool, out, in int, seen ...int) nn.Linear {
		l := nn.Linear{W: weight(name+".weight", 1/math.Sqrt(float64(in)), out, in), Out: seen}
		if bias {
			l.Bias = weight(name+".bias", 0.3, out)
		}
		return l
	}
	m := &toy{
		embd: weight("token_embd.weight", 0.05, toyVocab, toyWidth), outNorm: weight("output_norm.weight", 1, toyWidth),
		out: linear("output", false, toyVocab, toyWidth), rope: nn.NewRoPE(nn.Halves, dim, 100),
		attn: &nn.Attention{Heads: toyHeads, KVHeads: toyKV, HeadDim: dim, Scale: 0.4},
	}
	for i := range m.blocks {
		at := fmt.Sprintf("blk.%d.", i)
		m.blocks[i] = toyBlock{
			norm: weight(at+"attn_norm.weight", 0.5, toyWidth), ffnNorm: weight(at+"ffn_norm.weight", 1, toyWidth),
			q:        linear(at+"attn_q", i == 0, toyHeads*dim, toyWidth, toyHeads, dim),
			k:        linear(at+"attn_k", i == 0, toyKV*dim, toyWidth, toyKV, dim),
			v:        linear(at+"attn_v", false, toyKV*dim, toyWidth, toyKV, dim),
			o:        linear(at+"attn_output", i == 0, toyWidth, toyHeads*dim),
			gate:     linear(at+"ffn_gate", false, toyFF, toyWidth),
			up:       linear(at+"ffn_up", false, toyFF, toyWidth),
			down:     linear(at+"ffn_down", i == 0, toyWidth, toyFF),
			router:   linear(at+"ffn_gate_inp", false, toyExperts, toyWidth),
			gateExps: weight(at+"ffn_gate_exps.weight", 0.2, toyExperts, toyFF, toyWidth),
			upExps:   weight(at+"ffn_up_exps.weight", 0.2, toyExperts, toyFF, toyWidth),

			downExps: weight(at+"ffn_down_exps.weight", 0.2, toyExperts, toyWidth, toyFF),
		}
	}
	return m
}

func (m *toy) Forward(p *nn.Pass) *nn.Tensor {
	x := p.Embed("token_embd", m.embd)
	for i := range m.blocks {
		p, b := p.Block(i), &m.blocks[i]
		h := p.RMSNorm("attn_norm", x, b.norm, toyEps)
		q := p.RoPE("attn_q_rope", p.Linear("attn_q", h, b.q), m.rope)
		k := p.RoPE("attn_k_rope", p.Linear("attn_k", h, b.k), m.rope)
		x = p.Add("attn_resid", x, p.Linear("attn_out", p.Attention(q, k, p.Linear("attn_v", h, b.v), m.attn), b.o))
		h = p.RMSNorm("ffn_norm", x, b.ffnNorm, toyEps)
		if i == 0 {
			h = p.Linear("ffn_down", p.SwiGLU("ffn_act", p.Linear("ffn_gate", h, b.gate), p.Linear("ffn_up", h, b.up)), b.down)
		} else {
			probs := p.Softmax("ffn_router_probs", p.Linear("ffn_router", h, b.router))
			chosen := p.TopK("ffn_topk", probs, toyUsed)
			gate, up := p.ExpertLinear("ffn_experts_gate", h, chosen, b.gateExps), p.ExpertLinear("ffn_experts_up", h, chosen, b.upExps)
			y := p.ExpertLinear("ffn_experts_down", p.SwiGLU("ffn_experts_act", gate, up), chosen, b.downExps)
			h = p.ExpertSum("ffn_experts", y, p.ExpertWeights("ffn_expert_weights", probs, chosen))
		}
		x = p.Add("ffn_resid", x, h)
	}
	return p.Linear("output", p.RMSNorm("output_norm", p.Last(x), m.outNorm, toyEps), m.out)
}

func toyPoints(t testing.TB) []nn.Point {
	t.Helper()
	points, err := nn.Plan(newToy().Forward, nn.PermutedQK())
	if err != nil {
		t.Fatal(err)
	}
	return points
}

// runToy runs the prompt, cut into batches, and returns the logits of every position.
func runToy(t testing.TB, n *nn.Numerics, threads int, hooks *nn.Hooks, batches ...[]int32) *nn.Tensor {
	t.Helper()
	r := nn.NewRunner(newToy().Forward, n, nn.NewCache(64), hooks, threads)
	defer r.Close()
	return runBatches(t, r, 0, batches...)
}

// runBatches runs batches of which the first begins at position start, and returns the logits of every position.
func runBatches(t testing.TB, r *nn.Runner, start int, batches ...[]int32) *nn.Tensor {
	t.Helper()
	all := &nn.Tensor{Shape: []int{0, toyVocab}}
	for _, b := range batches {
		logits, err := r.Run(context.Background(), nn.Batch{Tokens: b, Start: start})
		if err != nil {
			t.Fatal(err)
		}
		all.Data = append(all.Data, logits.Data...)
		all.Shape[0] += len(b)
		start += len(b)
	}
	return all
}

var toyPrompt = []int32{5, 17, 0, 36, 8, 8, 21, 30, 2, 11, 19, 4, 25, 33}

func sameBits(a, b []float32) bool {
	for i := range a {
		if math.Float32bits(a[i]) != math.Float32bits(b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}
