package audit

import (
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/checked"
)

// Rope is what the metadata says of rotary positions; 0 and "" where it says nothing.
type Rope struct {
	Base            Number `json:"base"`
	Dimensions      int64  `json:"dimensions"` // of each head that are turned
	Scaling         string `json:"scaling"`    // "none", "linear", "yarn" …
	Factor          Number `json:"factor"`     // by which contexts are longer than those of training
	OriginalContext int64  `json:"original_context"`
	Factors         bool   `json:"factors"` // the file has divisors for each frequency, in rope_freqs.weight
}

func describeRope(f *gguf.File, arch string) *Rope {
	any := false
	number := func(name string) Number {
		v, err := f.Float32(arch + ".rope." + name)
		any = any || err == nil
		return Number(v)
	}
	count := func(name string) int64 {
		v, err := f.Int(arch + ".rope." + name)
		any = any || err == nil
		return v
	}
	r := &Rope{
		Base: number("freq_base"), Dimensions: count("dimension_count"),
		Factor: number("scaling.factor"), OriginalContext: count("scaling.original_context_length"),
	}
	r.Scaling, _ = f.String(arch + ".rope.scaling.type")
	if _, r.Factors = f.Tensor("rope_freqs.weight"); !any && !r.Factors && r.Scaling == "" {
		return nil
	}
	return r
}

// KVCache is what the keys and values of past tokens take. Families that keep fewer, such as those with a sliding window,
// take less.
type KVCache struct {
	PerToken int64 `json:"numbers_per_token"` // Σ over the layers of key-value heads × (size of a key + of a value)
	Context  int64 `json:"context"`           // in tokens
	F32      int64 `json:"f32"`               // in bytes, of that context
	F16      int64 `json:"f16"`
}

// At returns the cache for another context; nil if that is not a size.
func (c *KVCache) At(context int64) *KVCache {
	if c == nil || context < 0 {
		return nil
	}
	n, ok := checked.Mul(uint64(c.PerToken), uint64(context))
	bytes, ok2 := checked.Mul(n, 4)
	if !ok || !ok2 || bytes > math.MaxInt64 {
		return nil
	}
	return &KVCache{c.PerToken, context, int64(bytes), int64(bytes / 2)}
}

// describeKVCache computes the cache's size as llama.cpp does for families that keep whole keys and values of all layers.
func describeKVCache(f *gguf.File, m Model) *KVCache {
	key := func(name string) string { return m.Architecture + "." + name }
	for _, other := range []string{"attention.kv_lora_rank", "ssm.state_size", "wkv.head_size"} {
		if _, has := f.Lookup(key(other)); has {
			return nil // keeps something else
		}
	}
	if m.Heads < 1 || m.Layers < 1 || m.Layers > mostLayers {
		return nil
	}
	size := func(name string) int64 {
		if v, err := f.Int(key(name)); err == nil {
			return v
		}
		return m.Width / m.Heads
	}
	heads, err := f.IntEach(key("attention.head_count_kv"), int(m.Layers))
	if err != nil {
		heads = make([]int64, m.Layers)
		for i := range heads {
			heads[i] = m.KVHeads
		}
	}
	perToken, ok := kvNumbers(heads, size("attention.key_length"), size("attention.value_length"))
	if !ok {
		return nil
	}
	return (&KVCache{PerToken: perToken}).At(m.Context)
}

// mostLayers bounds what is made for a number in the file. The deepest model known has 126.
const mostLayers = 1 << 16

// kvNumbers sums up what a token adds to the cache.
func kvNumbers(heads []int64, key, value int64) (int64, bool) {
	if key < 1 || value < 0 {
		return 0, false
	}
	width, ok := checked.Add(uint64(key), uint64(value))
	total := uint64(0)
	for _, n := range heads {
		layer, fits := checked.Mul(uint64(max(n, 0)), width)
		sum, fits2 := checked.Add(total, layer)
		ok, total = ok && fits && fits2 && n >= 0, sum
	}
	return int64(total), ok && total <= math.MaxInt64
}

// Split is what a file that is one part of several says of the others.
type Split struct {
	Part  int         `json:"part"` // from 1
	Count int         `json:"count"`
	Files []SplitFile `json:"files"` // those that lie beside it, and the file itself
}

// SplitFile is a part that is there.
type SplitFile struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
}

// mostSplitParts bounds what is looked for: names of parts have five digits, but nobody has so many.
const mostSplitParts = 1000

func describeSplit(f *gguf.File) *Split {
	no, err := f.Uint("split.no")
	count, err2 := f.Uint("split.count")
	if err != nil || err2 != nil || count < 2 || count > mostSplitParts || no >= count {
		return nil
	}
	s := &Split{Part: int(no) + 1, Count: int(count), Files: []SplitFile{}}
	prefix, ok := strings.CutSuffix(f.Name, gguf.SplitName("", s.Part, s.Count))
	if !ok {
		return s
	}
	for i := 1; i <= s.Count; i++ {
		name := gguf.SplitName(prefix, i, s.Count)
		if info, err := os.Stat(name); err == nil {
			s.Files = append(s.Files, SplitFile{filepath.Base(name), info.Size()})
		}
	}
	return s
}
