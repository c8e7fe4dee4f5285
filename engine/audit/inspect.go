package audit

import (
	"errors"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/gguf"
)

// Report is what [Inspect] found in a file. Its JSON is that of sonde inspect.
type Report struct {
	File          string          `json:"file"`
	Version       uint32          `json:"version"`
	Endian        string          `json:"endian"` // "little" or "big"
	Alignment     int             `json:"alignment"`
	DataOffset    int64           `json:"data_offset"`
	KV            []KV            `json:"kv"`
	Tensors       []Tensor        `json:"tensors"`
	Types         map[string]Type `json:"types"`
	BitsPerWeight float64         `json:"bits_per_weight"`
	Model         Model           `json:"model"`
	Split         *Split          `json:"split,omitempty"` // where the file is one part of several
	Warnings      []string        `json:"warnings"`
	Errors        []string        `json:"errors,omitempty"` // why the container is broken
}

// KV is a metadata key and its value. Of an array, Value has the first elements and Count the number of all.
type KV struct {
	Key   string `json:"key"`
	Type  string `json:"type"`
	Elem  string `json:"elem,omitempty"` // type of an array's elements
	Value any    `json:"value"`
	Count *int   `json:"count,omitempty"`
}

// Tensor is a row of the tensor list.
type Tensor struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Shape  []int  `json:"shape"`
	Bytes  int64  `json:"bytes"`
	Offset int64  `json:"offset"`
}

// Type sums up the tensors of one type.
type Type struct {
	Tensors int   `json:"tensors"`
	Bytes   int64 `json:"bytes"`
	Weights int64 `json:"weights"`
}

// Model is what the metadata says of the architecture; 0 where it says nothing.
type Model struct {
	Architecture string `json:"architecture"`
	Name         string `json:"name,omitempty"`
	Layers       int64  `json:"layers"`
	Heads        int64  `json:"heads"`
	KVHeads      int64  `json:"kv_heads"`
	Context      int64  `json:"context"`
	Width        int64  `json:"width"`

	Rope    *Rope    `json:"rope,omitempty"`     // nil where no key speaks of it
	KVCache *KVCache `json:"kv_cache,omitempty"` // nil where the metadata does not tell what a token needs
}

// arrayPreview is how many elements of an array a report shows.
const arrayPreview = 8

// Inspect reads the file at path. What a model loader would refuse is a warning. If the container itself is broken, the
// report has what could be read and the error says why; the report is nil if nothing could be.
func Inspect(path string) (*Report, error) { return inspect(path, gguf.Examine) }

// InspectFile is Inspect for a single file that is open, such as the embedded one.
func InspectFile(f *gguf.File) (*Report, error) { return report(f, nil) }

// InspectHeader is Inspect for a file that may end behind its tensor list, such as the first megabytes of a download.
func InspectHeader(path string) (*Report, error) { return inspect(path, gguf.ExamineHeader) }

func inspect(path string, examine func(string) (*gguf.File, error)) (*Report, error) {
	f, err := examine(path)
	if f == nil {
		return nil, err
	}
	defer f.Close()
	return report(f, err)
}

// report describes f, of which err says why its container is broken.
func report(f *gguf.File, err error) (*Report, error) {
	r := &Report{
		File: f.Name, Version: f.Version, Endian: "little", Alignment: f.Alignment, DataOffset: f.DataOffset,
		KV: []KV{}, Tensors: []Tensor{}, Types: map[string]Type{}, Warnings: []string{},
	}
	if f.BigEndian {
		r.Endian = "big"
	}
	err = errors.Join(err, gguf.Guard(func() error { r.describe(f, err == nil); return nil }))
	for _, e := range parts(err) {
		r.Errors = append(r.Errors, e.Error())
	}
	return r, err
}

// describe fills the report in; whole says that nothing is wrong with the container.
func (r *Report) describe(f *gguf.File, whole bool) {
	for _, kv := range f.Keys() {
		r.KV = append(r.KV, describeKV(kv, arrayPreview))
	}
	r.addTensors(f.Tensors())
	r.Model, r.Split = describeModel(f), describeSplit(f)
	for _, w := range f.Warnings() {
		r.Warnings = append(r.Warnings, w.Error())
	}
	switch {
	case !whole:
	case r.Split == nil:
		r.addModelWarnings(f)
	default: // the model is all parts together; what keeps them from that is among the warnings already
		if all, err := gguf.Open(f.Name); err == nil {
			r.addModelWarnings(all)
			all.Close()
		}
	}
}

// Key returns one metadata value whole.
func Key(path, key string) (*KV, error) {
	f, err := gguf.Examine(path)
	if f == nil {
		return nil, err
	}
	defer f.Close()
	kv, missing := KeyOf(f, key)
	if missing != nil {
		return nil, errors.Join(err, missing)
	}
	return kv, nil
}

// KeyOf is Key for a file that is open.
func KeyOf(f *gguf.File, key string) (*KV, error) {
	v, ok := f.Lookup(key)
	if !ok {
		return nil, &gguf.Error{File: f.Name, Kind: gguf.ErrMissingKey, Key: key, Offset: -1}
	}
	kv := describeKV(gguf.KV{Key: key, Value: v}, -1)
	return &kv, nil
}

// Unreadable is the report on a file of which nothing could be read, because of err.
func Unreadable(path string, err error) *Report {
	r := &Report{File: path, KV: []KV{}, Tensors: []Tensor{}, Types: map[string]Type{}, Warnings: []string{}}
	for _, e := range parts(err) {
		r.Errors = append(r.Errors, e.Error())
	}
	return r
}

func describeKV(kv gguf.KV, limit int) KV {
	d := KV{Key: kv.Key, Type: kv.Value.Type().String(), Value: kv.Value.Any(limit)}
	if kv.Value.Type() == gguf.TypeArray {
		n := kv.Value.Len()
		d.Count, d.Elem = &n, kv.Value.Elem().String()
	}
	return d
}

func (r *Report) addTensors(tensors []*gguf.Tensor) {
	var weights, bytes int64
	for _, t := range tensors {
		n, size := int64(t.Elements()), tensorBytes(t)
		r.Tensors = append(r.Tensors, Tensor{t.Name, t.Type.String(), append([]int{}, t.Shape...), size, t.Offset})
		sum := r.Types[t.Type.String()]
		r.Types[t.Type.String()] = Type{sum.Tensors + 1, sum.Bytes + size, sum.Weights + n}
		weights, bytes = weights+n, bytes+size
	}
	if weights > 0 {
		r.BitsPerWeight = 8 * float64(bytes) / float64(weights)
	}
}

func tensorBytes(t *gguf.Tensor) int64 {
	row, _ := t.Type.RowBytes(t.RowLen())
	return int64(row) * int64(t.Rows())
}

func describeModel(f *gguf.File) Model {
	m := Model{}
	m.Architecture, _ = f.String("general.architecture")
	m.Name, _ = f.String("general.name")
	number := func(name string) int64 {
		if list, err := f.IntEach(m.Architecture+"."+name, 1); err == nil {
			return list[0]
		}
		list, _ := f.Ints(m.Architecture + "." + name) // one per block
		if len(list) > 0 {
			return list[0]
		}
		return 0
	}
	m.Layers, m.Context, m.Width = number("block_count"), number("context_length"), number("embedding_length")
	m.Heads, m.KVHeads = number("attention.head_count"), number("attention.head_count_kv")
	if m.KVHeads == 0 {
		m.KVHeads = m.Heads // what the key means when it is absent
	}
	m.Rope, m.KVCache = describeRope(f, m.Architecture), describeKVCache(f, m)
	return m
}

// addModelWarnings adds what would be said of the file as a model, and as a vocabulary.
func (r *Report) addModelWarnings(f *gguf.File) {
	var all []error
	if len(f.Tensors()) > 0 {
		m, err := arch.Load(f)
		all = append(all, parts(err)...)
		if m != nil {
			all = append(all, m.Warnings...)
		}
	}
	v, err := token.New(f)
	if v != nil {
		all = append(all, v.Warnings()...)
		err = v.Check()
	}
	all = append(all, parts(err)...)
	for _, e := range all {
		r.Warnings = append(r.Warnings, e.Error())
	}
}

// parts takes joined errors apart.
func parts(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		if list := joined.Unwrap(); errors.Join(list...).Error() == err.Error() {
			return list
		}
	}
	return []error{err}
}
