package convert

import (
	"errors"
	"math"

	"github.com/sonde-ml/sonde/gguf"
)

// traits is what the rules ask about a model; 0 where its file does not say.
type traits struct {
	arch           string
	layers         int
	heads, kvHeads int // of the first layer
	experts        int
}

// group is the number of query heads that share a key and a value.
func (m traits) group() int {
	if m.kvHeads == 0 {
		return 0
	}
	return m.heads / m.kvHeads
}

// seventyB reports whether the model is one of those, of about 70 G weights, that attn_v is small in.
func (m traits) seventyB() bool {
	switch m.arch {
	case "llama":
		return m.layers == 80 && m.kvHeads < m.heads
	case "deci", "olmo", "qwen2":
		return m.layers == 80
	case "jais2":
		return m.layers == 68
	}
	return false
}

// readTraits reads the traits from a file's metadata. A key that is missing is none; one of another type is an error.
func readTraits(f *gguf.File) (traits, error) {
	arch, err := f.String("general.architecture")
	r := traitReader{f: f, prefix: arch + ".", errs: []error{present(err)}}
	m := traits{arch: arch, layers: r.number("block_count"), experts: r.number("expert_count")}
	m.heads = r.number("attention.head_count")
	m.kvHeads = m.heads
	if _, ok := f.Lookup(r.prefix + "attention.head_count_kv"); ok {
		m.kvHeads = r.number("attention.head_count_kv")
	}
	return m, errors.Join(r.errs...)
}

type traitReader struct {
	f      *gguf.File
	prefix string
	errs   []error
}

// number reads an integer, or the first of an array of them. No model comes near the limit, which keeps small
// multiples of it from wrapping.
func (r *traitReader) number(key string) int {
	if v, ok := r.f.Lookup(r.prefix + key); ok {
		if list, ok := v.Uints(); ok && len(list) > 0 {
			return int(min(list[0], math.MaxInt16))
		}
	}
	n, err := r.f.Uint(r.prefix + key)
	r.errs = append(r.errs, present(err))
	return int(min(n, math.MaxInt16))
}

// present drops the error that a key is missing.
func present(err error) error {
	if errors.Is(err, gguf.ErrMissingKey) {
		return nil
	}
	return err
}
