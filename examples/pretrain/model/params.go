package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// Float is what a model computes in.
type Float interface{ float32 | float64 }

// Config is the shape of a model.
type Config struct {
	Vocab   int
	Dim     int // of the residual stream
	Layers  int
	Heads   int // of queries; Dim/Heads is the size of a head
	KVHeads int // of keys and values, a divisor of Heads
	FFN     int // between up and down
	Context int // tokens that a story may have
	Base    float64
	Eps     float64
}

// HeadDim returns the size of a head.
func (c Config) HeadDim() int { return c.Dim / c.Heads }

// KVDim returns the width of keys, and of values: KVHeads·HeadDim.
func (c Config) KVDim() int { return c.KVHeads * c.HeadDim() }

// Tensor is one of the parameters, under its name in a GGUF file.
type Tensor[F Float] struct {
	Name  string
	Shape []int // outermost first
	Data  []F
}

// Params are the weights of a model, or their gradients, or the moments of an optimiser.
type Params[F Float] struct {
	Embed      []F // [vocab, dim]; also the output layer
	Blocks     []Block[F]
	OutputNorm []F // [dim]

	Flat    []F // all of the above, one after the other
	Tensors []Tensor[F]
}

// Block is the weights of one layer.
type Block[F Float] struct {
	AttnNorm []F // [dim]
	Q        []F // [dim, dim]
	K, V     []F // [kvDim, dim]
	O        []F // [dim, dim]
	FFNNorm  []F // [dim]
	Gate, Up []F // [ffn, dim]
	Down     []F // [dim, ffn]
}

// NewParams returns parameters of zeros.
func NewParams[F Float](c Config) *Params[F] {
	p := &Params[F]{Blocks: make([]Block[F], c.Layers)}
	places := []*[]F{&p.Embed}
	p.announce("token_embd", c.Vocab, c.Dim)
	for i := range p.Blocks {
		b, name := &p.Blocks[i], func(s string) string { return fmt.Sprintf("blk.%d.%s", i, s) }
		places = append(places, &b.AttnNorm, &b.Q, &b.K, &b.V, &b.O, &b.FFNNorm, &b.Gate, &b.Up, &b.Down)
		p.announce(name("attn_norm"), c.Dim)
		p.announce(name("attn_q"), c.Dim, c.Dim)
		p.announce(name("attn_k"), c.KVDim(), c.Dim)
		p.announce(name("attn_v"), c.KVDim(), c.Dim)
		p.announce(name("attn_output"), c.Dim, c.Dim)
		p.announce(name("ffn_norm"), c.Dim)
		p.announce(name("ffn_gate"), c.FFN, c.Dim)
		p.announce(name("ffn_up"), c.FFN, c.Dim)
		p.announce(name("ffn_down"), c.Dim, c.FFN)
	}
	places = append(places, &p.OutputNorm)
	p.announce("output_norm", c.Dim)
	p.allocate(places)
	return p
}

func (p *Params[F]) announce(name string, shape ...int) {
	p.Tensors = append(p.Tensors, Tensor[F]{Name: name + ".weight", Shape: shape})
}

// allocate gives every tensor its part of one slice, and puts it where the forward pass looks for it.
func (p *Params[F]) allocate(places []*[]F) {
	total := 0
	for _, t := range p.Tensors {
		total += t.Len()
	}
	p.Flat = make([]F, total)
	rest := p.Flat
	for i := range p.Tensors {
		t := &p.Tensors[i]
		t.Data, rest = rest[:t.Len():t.Len()], rest[t.Len():]
		*places[i] = t.Data
	}
}

// Len returns the number of weights.
func (t *Tensor[F]) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// IsMatrix reports whether t is no norm: matrices decay, norms do not.
func (t *Tensor[F]) IsMatrix() bool { return len(t.Shape) > 1 }

// Init draws the weights: norms are 1, matrices normal, with a deviation that keeps activations near 1. What is added
// to the residual stream (attn_output, ffn_down) is smaller, since 2·layers of them pile up.
func (p *Params[F]) Init(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range p.Tensors {
		t := &p.Tensors[i]
		for j := range t.Data {
			t.Data[j] = 1
			if t.IsMatrix() {
				t.Data[j] = F(r.NormFloat64() * p.deviation(t))
			}
		}
	}
}

func (p *Params[F]) deviation(t *Tensor[F]) float64 {
	dev := 0.6 / math.Sqrt(float64(t.Shape[1]))
	switch {
	case t.Name == "token_embd.weight":
		return 0.02
	case strings.HasSuffix(t.Name, "attn_output.weight"), strings.HasSuffix(t.Name, "ffn_down.weight"):
		return dev / math.Sqrt(2*float64(len(p.Blocks)))
	}
	return dev
}
