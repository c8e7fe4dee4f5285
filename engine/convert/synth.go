package convert

import (
	"context"
	"errors"
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

// SynthOptions say what model [Synth] writes.
type SynthOptions struct {
	Like    string   // a name of [Shapes]
	Type    string   // as in [QuantizeOptions]; "" is F16
	Tensors []string // overrides, as in [QuantizeOptions]
	Seed    uint64

	Threads  int                     // 0 is GOMAXPROCS, 1024 the most; the file does not depend on it
	Progress func(done, total int64) // is told of the weights that are written; may be nil
}

// Synth writes a model with random weights and a made-up vocabulary to the file at path, and says what it wrote: a file
// that takes as long to run as one of that shape and type, for benchmarks and tests. It runs, and talks nonsense. The
// same options give the same bytes.
//
// Weights are normal, with rows, or blocks, of different spread around the usual 1/√columns; norms lie around 1. Types
// whose encoders search for long, K, IQ and FP4, are not encoded block by block: all but the smallest tensors are drawn
// from a thousand blocks that were, in seconds where encoding takes up to half an hour. A mixture that is never made
// without an importance matrix has the types that it has with one.
func Synth(ctx context.Context, path string, opt SynthOptions) (*Report, error) {
	s := &synthesis{opt: opt, path: path, pools: make(map[poolKey]func() ([]byte, error))}
	if err := s.plan(); err != nil {
		return nil, err
	}
	p := &product{path: path, metadata: s.metadata(), tensors: s.tensors, threads: opt.Threads, progress: opt.Progress}
	return p.write(ctx, s.notes.lines())
}

// synthesis is a call of Synth.
type synthesis struct {
	opt     SynthOptions
	path    string
	shape   shape
	recipe  recipe
	notes   notes
	tensors []made
	pools   map[poolKey]func() ([]byte, error) // each is made when its first block is needed
}

func (s *synthesis) plan() error {
	if s.opt.Type == "" {
		s.opt.Type = "f16"
	}
	shape, err1 := shapeByName(s.opt.Like)
	recipe, err2 := parseRecipe(s.opt.Type)
	overrides, err3 := parseOverrides(s.opt.Tensors)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	s.shape, s.recipe = shape, recipe
	c := &chooser{
		recipe: recipe, name: s.path, model: shape.traits(), overrides: overrides, notes: &s.notes,
		imatrix: recipe.needsImatrix(other, recipe.base),
	}
	choices, err := c.chooseAll(shape.tensors())
	if err != nil {
		return err
	}
	for _, c := range choices {
		s.tensors = append(s.tensors, made{choice: c, pieces: rowPieces(c.Shape, s.maker(c))})
	}
	return nil
}

func (s *synthesis) metadata() []gguf.KV {
	m := &s.shape
	list := []gguf.KV{
		textKV("general.architecture", "llama"),
		textKV("general.type", "model"),
		textKV("general.name", "synthetic "+m.name),
		textKV("general.description", fmt.Sprintf("random weights, seed %d", s.opt.Seed)),
		uint32KV("llama.vocab_size", uint32(m.vocab)),
		uint32KV("llama.context_length", uint32(m.context)),
		uint32KV("llama.embedding_length", uint32(m.width)),
		uint32KV("llama.block_count", uint32(m.layers)),
		uint32KV("llama.feed_forward_length", uint32(m.ff)),
		uint32KV("llama.attention.head_count", uint32(m.heads)),
		uint32KV("llama.attention.head_count_kv", uint32(m.kvHeads)),
		uint32KV("llama.rope.dimension_count", uint32(m.headDim())),
		{Key: "llama.rope.freq_base", Value: gguf.ValueOf(m.ropeBase)},
		{Key: "llama.attention.layer_norm_rms_epsilon", Value: gguf.ValueOf(float32(1e-5))},
	}
	if m.experts > 0 {
		list = append(list,
			uint32KV("llama.expert_count", uint32(m.experts)),
			uint32KV("llama.expert_used_count", uint32(m.expertsUsed)))
	}
	list = append(list, vocabulary(m.vocab)...)
	return append(list, uint32KV(quantizationVersion, 2), uint32KV(fileTypeKey, uint32(s.recipe.file)))
}

func textKV(key, text string) gguf.KV { return gguf.KV{Key: key, Value: gguf.ValueOf(text)} }
