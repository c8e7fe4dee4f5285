package arch

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// Bind fills the fields of the struct that m points to with weights of the file, as their tags say:
//
//	W      *nn.Weight `gguf:"attn_norm.weight [embd]"`           a tensor of that shape
//	Q      nn.Linear  `gguf:"attn_q [heads*head_dim, embd]"`      attn_q.weight, and attn_q.bias if it is there;
//	                                                             a product is how outputs are seen: [heads, head_dim]
//	Out    nn.Linear  `gguf:"output [vocab, embd]" else:"token_embd"`  another tensor in place of one that is absent
//	Blocks []block    `gguf:"blk.%d."`                            one struct per block, under that prefix
//	FFN    *ffn       `when:"experts=0"`                          a struct that is there or not: "dim=0", "dim>0"
//
// Sizes are the names in Dims. Fields without a tag are left alone. A tag that cannot be read panics: it is a mistake
// in the family, not in the file.
func (l *Loader) Bind(m any) { l.bindStruct("", reflect.ValueOf(m).Elem()) }

func (l *Loader) bindStruct(prefix string, v reflect.Value) {
	for i := range v.NumField() {
		field, tag := v.Field(i), v.Type().Field(i).Tag
		name, tagged := tag.Lookup("gguf")
		when, conditional := tag.Lookup("when")
		switch {
		case conditional && l.holds(when):
			field.Set(reflect.New(field.Type().Elem()))
			l.bindStruct(prefix, field.Elem())
		case tagged && field.Kind() == reflect.Slice:
			l.bindBlocks(prefix+name, field)
		case tagged:
			l.bindField(prefix, parseTag(name, tag.Get("else")), field.Addr().Interface())
		}
	}
}

func (l *Loader) bindBlocks(pattern string, blocks reflect.Value) {
	n := l.Dims["blocks"]
	blocks.Set(reflect.MakeSlice(blocks.Type(), n, n))
	for i := range n {
		l.bindStruct(strings.Replace(pattern, "%d", strconv.Itoa(i), 1), blocks.Index(i))
	}
}

func (l *Loader) bindField(prefix string, t tag, field any) {
	switch field := field.(type) {
	case **nn.Weight:
		*field = l.required(prefix+t.name, l.shape(t))
	case *nn.Linear:
		shape := l.shape(t)
		name := prefix + t.name
		if _, present := l.File.Tensor(name + ".weight"); !present && t.instead != "" {
			name = prefix + t.instead
		}
		field.W = l.required(name+".weight", shape)
		field.Bias = l.optional(name+".bias", shape[:1])
		field.Out = l.factors(t.dims[0])
	default:
		panic(fmt.Sprintf("arch: a field of type %T cannot be bound", field))
	}
}

// tag is `gguf:"name [dims]" else:"instead"`.
type tag struct {
	name    string
	dims    []string
	instead string
}

func parseTag(s, instead string) tag {
	name, dims, ok := strings.Cut(s, " [")
	if !ok {
		panic(fmt.Sprintf("arch: tag %q has no shape", s))
	}
	return tag{name, strings.Split(strings.TrimSuffix(dims, "]"), ", "), instead}
}

// holds evaluates "dim=0" and "dim>0".
func (l *Loader) holds(when string) bool {
	name, wantZero := strings.CutSuffix(when, "=0")
	if !wantZero {
		name = strings.TrimSuffix(when, ">0")
	}
	return (l.dim(name) == 0) == wantZero
}

func (l *Loader) dim(name string) int {
	n, ok := l.Dims[name]
	if !ok {
		panic(fmt.Sprintf("arch: a tag speaks of %q, which Loader.Dims does not have", name))
	}
	return n
}

func (l *Loader) factors(dim string) []int {
	var factors []int
	for name := range strings.SplitSeq(dim, "*") {
		factors = append(factors, l.dim(name))
	}
	return factors
}

func (l *Loader) shape(t tag) []int {
	shape := make([]int, len(t.dims))
	for i, dim := range t.dims {
		shape[i] = 1
		for _, f := range l.factors(dim) {
			shape[i] *= f
		}
	}
	return shape
}

// required binds a tensor that must be there.
func (l *Loader) required(name string, shape []int) *nn.Weight {
	if _, present := l.File.Tensor(name); !present {
		l.note(l.aboutTensor(ErrMissingTensor, name, "", nn.ShapeString(shape), "the file is not complete, or of another family than it says"))
		return nil
	}
	return l.optional(name, shape)
}

// optional binds a tensor if it is there, and checks its shape and type.
func (l *Loader) optional(name string, shape []int) *nn.Weight {
	t, present := l.File.Tensor(name)
	if !present {
		return nil
	}
	if w, bound := l.weights[name]; bound && slices.Equal(w.Shape, shape) {
		return w
	}
	if l.unsized {
		l.weights[name] = &nn.Weight{Name: name} // spoken for
		return nil
	}
	if !sameShape(t.Shape, shape) {
		l.note(l.aboutTensor(ErrWrongShape, name, nn.ShapeString(t.Shape), nn.ShapeString(shape), ""))
		return nil
	}
	if err := l.usable(t); err != nil {
		l.note(err)
	}
	w := &nn.Weight{Name: name, Type: t.Type, Shape: shape, Bytes: t.Bytes()}
	l.weights[name] = w
	return w
}

// usable says why the arithmetic cannot use tensors of t's type, nil if it can.
func (l *Loader) usable(t *gguf.Tensor) error {
	switch t.Type {
	case gguf.I8, gguf.I16, gguf.I32, gguf.I64, gguf.F64:
		return l.aboutTensor(ErrWrongTensorType, t.Name, t.Type.String(), "a type for weights", "")
	}
	if _, err := quant.Of(t.Type); err != nil {
		return l.aboutTensor(ErrWrongTensorType, t.Name, t.Type.String(), "a type that this engine can decode", "")
	}
	return nil
}

// optionalVector returns the numbers of a one-dimensional tensor of n entries, nil without it.
func (l *Loader) optionalVector(name string, n int) []float32 {
	w := l.optional(name, []int{n})
	if w == nil {
		return nil
	}
	t, err := w.Decode()
	if err != nil {
		return nil // noted as unusable
	}
	return t.Data
}

// sameShape compares shapes; a file may write leading dimensions of 1 (trailing ones in GGUF's order).
func sameShape(got, want []int) bool {
	for len(got) > len(want) && got[0] == 1 {
		got = got[1:]
	}
	return slices.Equal(got, want)
}

// finish looks at what nobody asked for.
func (l *Loader) finish() {
	quantised := false
	for _, t := range l.File.Tensors() {
		quantised = quantised || t.Type.BlockWeights() > 1
		if l.weights[t.Name] == nil {
			l.unused(t)
		}
	}
	if _, present := l.File.Lookup("general.quantization_version"); quantised && !present {
		l.warn(l.aboutKey(gguf.ErrMissingKey, "general.quantization_version", "", "2", "the blocks are read in the present layout"))
	}
	for _, kv := range l.File.Keys() {
		if name, ok := strings.CutPrefix(kv.Key, l.family.Name+"."); ok && !l.read[kv.Key] {
			l.unusedKey(kv.Key, name)
		}
	}
}

// unused warns of a tensor that the family does not use, and refuses one that would change a weight.
func (l *Loader) unused(t *gguf.Tensor) {
	if l.failed(t.Name) {
		return
	}
	for _, suffix := range []string{".scale", ".input_scale"} {
		stem, isScale := strings.CutSuffix(t.Name, suffix)
		if !isScale {
			continue
		}
		for _, owner := range []string{stem, stem + ".weight"} {
			if _, present := l.File.Tensor(owner); present {
				l.note(l.aboutTensor(ErrUnsupported, t.Name, "a scale of "+owner, "none", "this engine does not know it yet"))
				return
			}
		}
	}
	l.warn(l.aboutTensor(ErrUnusedTensor, t.Name, nn.ShapeString(t.Shape), "", "family "+l.family.Name+" does not use it"))
}

// failed reports whether a problem with the tensor was noted already.
func (l *Loader) failed(tensor string) bool {
	return slices.ContainsFunc(l.problems, func(err error) bool {
		var e *gguf.Error
		return errors.As(err, &e) && e.Tensor == tensor
	})
}

// unusedKey warns of a number that the family does not read. 0xFFFFFFFF says "none" in many files.
func (l *Loader) unusedKey(key, name string) {
	if v, err := l.File.Int(key); err == nil && (v == 0 || v == 1<<32-1) {
		return
	}
	l.warn(l.aboutKey(ErrUnusedKey, key, "", "", "family "+l.family.Name+" does not read it"))
}
