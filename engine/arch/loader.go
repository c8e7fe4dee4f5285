package arch

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
)

// Loader reads a family's numbers from the metadata and binds its weights. Its methods never fail: a problem is noted,
// a harmless value returned, and [Load] reports all of them together.
type Loader struct {
	File *gguf.File
	Dims map[string]int // the sizes that the tags of weights speak of

	family   Family
	problems []error
	warnings []error
	read     map[string]bool // keys that somebody asked for
	weights  map[string]*nn.Weight
	unsized  bool // some size is missing or wrong, so that shapes cannot be judged
	blocks   int
	vocab    int
	context  int
}

// largestWidth bounds every size that the metadata gives, so that products of two cannot overflow.
// The widest model known has rows of less than 2^20.
const largestWidth = 1 << 28

func newLoader(f *gguf.File, family Family) *Loader {
	return &Loader{File: f, family: family, read: map[string]bool{}, weights: map[string]*nn.Weight{}}
}

// Key puts the architecture before a name: "block_count" is llama.block_count in a llama file.
func (l *Loader) Key(name string) string { return l.family.Name + "." + name }

// integer reads a whole number of any width, which may be given once per block if it is the same for all.
// ok is false when the key is absent, or wrong, which is noted.
func (l *Loader) integer(name string) (v int64, ok bool) {
	key := l.Key(name)
	l.read[key] = true
	value, present := l.File.Lookup(key)
	if !present {
		return 0, false
	}
	if value.Type() == gguf.TypeArray {
		return l.sameForAllBlocks(key)
	}
	v, err := l.File.Int(key)
	if err != nil {
		l.note(err)
		return 0, false
	}
	l.warn(l.File.OddWidth(key))
	return v, true
}

// sameForAllBlocks reads a number that the file gives once per block.
func (l *Loader) sameForAllBlocks(key string) (int64, bool) {
	list, err := l.File.Ints(key)
	if err != nil {
		l.note(err)
		return 0, false
	}
	if blocks := l.Blocks(); len(list) != blocks {
		l.note(l.aboutKey(ErrLengthMismatch, key, fmt.Sprintf("%d entries", len(list)), fmt.Sprintf("%d, one per block", blocks), ""))
		return 0, false
	}
	for _, v := range list {
		if v != list[0] {
			l.note(l.aboutKey(ErrUnsupported, key, fmt.Sprint(list), "one number for all blocks", "blocks of different shapes are not known yet"))
			return 0, false
		}
	}
	return list[0], true
}

// Width reads a required size, from 1.
func (l *Loader) Width(name string) int {
	v, ok := l.integer(name)
	if !ok {
		l.missing(name)
		l.unsized = true
		return 1
	}
	return l.inRange(name, v, 1, largestWidth)
}

// Count is Width under another name, for numbers of things.
func (l *Loader) Count(name string) int { return l.Width(name) }

// CountOr reads a number of things, which may be 0; without the key it is def.
func (l *Loader) CountOr(name string, def int) int {
	v, ok := l.integer(name)
	if !ok {
		return def
	}
	return l.inRange(name, v, 0, largestWidth)
}

func (l *Loader) inRange(name string, v, low, high int64) int {
	if v < low || v > high {
		l.bad(name, fmt.Sprint(v), fmt.Sprintf("%d to %d", low, high))
		l.unsized = true
		return int(max(low, 1))
	}
	return int(v)
}

// missing notes that a required key is absent, unless it is there and was found wrong.
func (l *Loader) missing(name string) {
	if _, present := l.File.Lookup(l.Key(name)); !present {
		l.note(l.aboutKey(gguf.ErrMissingKey, l.Key(name), "", "", "the file was made without a number that the model needs"))
	}
}

// Float reads a required number that must be finite.
func (l *Loader) Float(name string) float64 {
	v, ok := l.float(name)
	if !ok {
		l.missing(name)
		return 1
	}
	return v
}

// FloatOr reads a number that must be finite; without the key it is def.
func (l *Loader) FloatOr(name string, def float64) float64 {
	if v, ok := l.float(name); ok {
		return v
	}
	return def
}

func (l *Loader) float(name string) (float64, bool) {
	key := l.Key(name)
	l.read[key] = true
	if _, present := l.File.Lookup(key); !present {
		return 0, false
	}
	f, err := l.File.Float32(key)
	if err != nil {
		l.note(err)
		return 0, false
	}
	v := float64(f)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		l.bad(name, formatFloat(v), "a finite number")
		return 0, false
	}
	return v, true
}

// StringOr reads a word; without the key it is def.
func (l *Loader) StringOr(name, def string) string {
	key := l.Key(name)
	l.read[key] = true
	s, err := l.File.String(key)
	if errors.Is(err, gguf.ErrMissingKey) {
		return def
	}
	l.note(err)
	return s
}

// Blocks returns block_count, at most the number of tensors of the file.
func (l *Loader) Blocks() int {
	if l.blocks > 0 {
		return l.blocks
	}
	l.blocks = 1
	v, ok := l.integer("block_count")
	if !ok {
		l.missing("block_count")
		return l.blocks
	}
	if tensors := len(l.File.Tensors()); v < 1 || v > int64(tensors) {
		l.bad("block_count", fmt.Sprint(v), fmt.Sprintf("1 to %d, as many as the file has tensors", tensors))
		return l.blocks
	}
	l.blocks = int(v)
	return l.blocks
}

// Vocab returns the size of the vocabulary: the length of the token list or, without one, vocab_size.
func (l *Loader) Vocab() int {
	size, stated := l.integer("vocab_size")
	tokens, hasTokens := l.File.Lookup("tokenizer.ggml.tokens")
	switch {
	case hasTokens && tokens.Type() == gguf.TypeArray:
		l.vocab = tokens.Len()
		if stated && size != int64(l.vocab) {
			l.odd("vocab_size", fmt.Sprint(size), fmt.Sprintf("%d, the number of tokens", l.vocab), "the token list counts")
		}
	case stated:
		l.vocab = l.inRange("vocab_size", size, 1, largestWidth)
	default:
		l.missing("vocab_size")
	}
	return l.vocab
}

// Epsilon reads the eps of a norm: finite, not negative.
func (l *Loader) Epsilon(name string) float32 {
	v := l.Float(name)
	if v < 0 {
		l.bad(name, formatFloat(v), "a small positive number")
	}
	if v == 0 {
		l.odd(name, "0", "a small positive number", "a row of zeros would be divided by zero")
	}
	return float32(v)
}

// HeadDim returns the size of a head and checks the geometry of the attention.
func (l *Loader) HeadDim(embd, heads, kvHeads int) int {
	if kvHeads < 1 || kvHeads > heads || heads%kvHeads != 0 {
		l.bad("attention.head_count_kv", fmt.Sprint(kvHeads), fmt.Sprintf("a divisor of attention.head_count %d", heads))
	}
	if _, stated := l.File.Lookup(l.Key("attention.key_length")); !stated && embd%heads != 0 {
		l.bad("attention.head_count", fmt.Sprint(heads), fmt.Sprintf("a divisor of embedding_length %d", embd))
	}
	dim := l.CountOr("attention.key_length", embd/heads)
	if dim < 1 {
		l.bad("attention.key_length", fmt.Sprint(dim), "at least 1")
		dim = 1
	}
	if value := l.CountOr("attention.value_length", dim); value != dim {
		l.unsupported("attention.value_length", fmt.Sprint(value), fmt.Sprintf("%d, as attention.key_length", dim))
	}
	return dim
}

// ExpertsUsed returns how many of experts each token uses.
func (l *Loader) ExpertsUsed(experts int) int {
	used := l.CountOr("expert_used_count", 0)
	if experts > 0 && (used < 1 || used > experts) {
		l.bad("expert_used_count", fmt.Sprint(used), fmt.Sprintf("1 to expert_count %d", experts))
	}
	if gating := l.CountOr("expert_gating_func", gatingSoftmax); experts > 0 && gating > gatingSoftmax {
		l.unsupported("expert_gating_func", fmt.Sprint(gating), "1 (softmax)")
	}
	if scale := l.FloatOr("expert_weights_scale", 1); experts > 0 && scale != 0 && scale != 1 {
		l.unsupported("expert_weights_scale", formatFloat(scale), "1")
	}
	return used
}

const gatingSoftmax = 1 // general values of expert_gating_func: 0 unset, 1 softmax, 2 sigmoid …

func formatFloat(v float64) string { return strings.TrimPrefix(fmt.Sprintf("%g", float32(v)), "+") }
