package convert

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sonde-ml/sonde/gguf"
)

// shape is the architecture of a model of the llama family, with the numbers that its makers published.
type shape struct {
	name              string
	layers, width, ff int
	heads, kvHeads    int
	vocab, context    int
	ropeBase          float32

	experts, expertsUsed int
	ropeFactor           float32 // of Llama 3's scaling of low frequencies
	tied                 bool
}

var shapes = []shape{
	{"tiny", 2, 256, 512, 8, 2, 512, 512, 1e4, 0, 0, 0, false},
	{"tiny-moe", 2, 256, 512, 8, 2, 512, 512, 1e4, 4, 2, 0, false},
	{"smollm2-135m", 30, 576, 1536, 9, 3, 49152, 8192, 1e5, 0, 0, 0, true},
	{"tinyllama", 22, 2048, 5632, 32, 4, 32000, 2048, 1e4, 0, 0, 0, false},
	{"llama-3.2-1b", 16, 2048, 8192, 32, 8, 128256, 131072, 5e5, 0, 0, 32, true},
	{"llama-7b", 32, 4096, 11008, 32, 32, 32000, 4096, 1e4, 0, 0, 0, false},
	{"llama-13b", 40, 5120, 13824, 40, 40, 32000, 4096, 1e4, 0, 0, 0, false},
	{"llama-70b", 80, 8192, 28672, 64, 8, 32000, 4096, 1e4, 0, 0, 0, false},
	{"llama-3-8b", 32, 4096, 14336, 32, 8, 128256, 8192, 5e5, 0, 0, 0, false},
	{"mistral-7b", 32, 4096, 14336, 32, 8, 32000, 32768, 1e6, 0, 0, 0, false},
	{"mixtral-8x7b", 32, 4096, 14336, 32, 8, 32000, 32768, 1e6, 8, 2, 0, false},
}

// Shapes lists the names of the shapes that [Synth] knows. llama-7b to llama-70b are Llama 2, mistral-7b is
// Mistral 7B v0.2; the tiny ones are nobody's, for tests.
func Shapes() []string {
	var names []string
	for _, s := range shapes {
		names = append(names, s.name)
	}
	return names
}

func shapeByName(name string) (shape, error) {
	i := slices.IndexFunc(shapes, func(s shape) bool { return strings.EqualFold(s.name, name) })
	if i < 0 {
		all := strings.Join(Shapes(), " ")
		return shape{}, &OptionError{Option: "shape", Value: name, Kind: ErrUnknownShape, Expected: "one of " + all}
	}
	return shapes[i], nil
}

func (s *shape) headDim() int { return s.width / s.heads }

func (s *shape) traits() traits {
	return traits{arch: "llama", layers: s.layers, heads: s.heads, kvHeads: s.kvHeads, experts: s.experts}
}

// tensors lists the tensors of the model, in F32.
func (s *shape) tensors() []*gguf.Tensor {
	list := []*gguf.Tensor{f32("token_embd.weight", s.vocab, s.width), f32("output_norm.weight", s.width)}
	if !s.tied {
		list = append(list, f32("output.weight", s.vocab, s.width))
	}
	if s.ropeFactor != 0 {
		list = append(list, f32(ropeFreqs, s.headDim()/2))
	}
	for i := range s.layers {
		list = append(list, s.layer("blk."+strconv.Itoa(i)+".")...)
	}
	return list
}

func (s *shape) layer(blk string) []*gguf.Tensor {
	kv := s.kvHeads * s.headDim()
	list := []*gguf.Tensor{
		f32(blk+"attn_norm.weight", s.width),
		f32(blk+"attn_q.weight", s.width, s.width),
		f32(blk+"attn_k.weight", kv, s.width),
		f32(blk+"attn_v.weight", kv, s.width),
		f32(blk+"attn_output.weight", s.width, s.width),
		f32(blk+"ffn_norm.weight", s.width),
	}
	if s.experts > 0 {
		return append(list,
			f32(blk+"ffn_gate_inp.weight", s.experts, s.width),
			f32(blk+"ffn_gate_exps.weight", s.experts, s.ff, s.width),
			f32(blk+"ffn_up_exps.weight", s.experts, s.ff, s.width),
			f32(blk+"ffn_down_exps.weight", s.experts, s.width, s.ff))
	}
	return append(list,
		f32(blk+"ffn_gate.weight", s.ff, s.width),
		f32(blk+"ffn_up.weight", s.ff, s.width),
		f32(blk+"ffn_down.weight", s.width, s.ff))
}

func f32(name string, shape ...int) *gguf.Tensor {
	return &gguf.Tensor{Name: name, Type: gguf.F32, Shape: shape}
}
