package audit

import (
	"math"

	"github.com/sonde-ml/sonde/gguf"
)

// KVDiff is a metadata key whose value differs. Of an array, A and B are the first elements; they are nil where the file
// has no such key.
type KVDiff struct {
	Key string `json:"key"`
	A   any    `json:"a"`
	B   any    `json:"b"`

	AType  string `json:"a_type,omitempty"`
	BType  string `json:"b_type,omitempty"`
	ACount *int   `json:"a_count,omitempty"` // of an array
	BCount *int   `json:"b_count,omitempty"`
	At     *int   `json:"at,omitempty"`   // the first element that differs, where both are arrays
	AAt    any    `json:"a_at,omitempty"` // and what it is, where an array is so long
	BAt    any    `json:"b_at,omitempty"`
}

func diffKeys(a, b *gguf.File) []KVDiff {
	var found []KVDiff
	for _, kv := range a.Keys() {
		if other, both := b.Lookup(kv.Key); !both {
			found = append(found, KVDiff{Key: kv.Key}.withA(kv))
		} else if d := diffValues(kv, other); d != nil {
			found = append(found, *d)
		}
	}
	for _, kv := range b.Keys() {
		if _, both := a.Lookup(kv.Key); !both {
			found = append(found, KVDiff{Key: kv.Key}.withB(kv))
		}
	}
	return found
}

func (d KVDiff) withA(kv gguf.KV) KVDiff {
	v := describeKV(kv, arrayPreview)
	d.A, d.AType, d.ACount = jsonValue(v.Value), v.typeName(), v.Count
	return d
}

func (d KVDiff) withB(kv gguf.KV) KVDiff {
	v := describeKV(kv, arrayPreview)
	d.B, d.BType, d.BCount = jsonValue(v.Value), v.typeName(), v.Count
	return d
}

// typeName is "u32", "array of string".
func (kv KV) typeName() string {
	if kv.Elem == "" {
		return kv.Type
	}
	return kv.Type + " of " + kv.Elem
}

// diffValues returns nil for two values of the same type that are the same.
func diffValues(a gguf.KV, b gguf.Value) *KVDiff {
	x, y := a.Value.Any(-1), b.Any(-1)
	if a.Value.Type() == b.Type() && sameValue(x, y) && (b.Type() != gguf.TypeArray || a.Value.Elem() == b.Elem()) {
		return nil
	}
	d := KVDiff{Key: a.Key}.withA(a).withB(gguf.KV{Key: a.Key, Value: b})
	listA, isList := x.([]any)
	listB, areLists := y.([]any)
	if !isList || !areLists {
		return &d
	}
	at := 0
	for at < min(len(listA), len(listB)) && sameValue(listA[at], listB[at]) {
		at++
	}
	d.At = &at
	if at < len(listA) {
		d.AAt = jsonValue(listA[at])
	}
	if at < len(listB) {
		d.BAt = jsonValue(listB[at])
	}
	return &d
}

// sameValue compares what [gguf.Value.Any] returns: floats by their bits, so that NaN is the same as itself.
func sameValue(a, b any) bool {
	switch a := a.(type) {
	case float32:
		b, ok := b.(float32)
		return ok && math.Float32bits(a) == math.Float32bits(b)
	case float64:
		b, ok := b.(float64)
		return ok && math.Float64bits(a) == math.Float64bits(b)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !sameValue(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	return a == b
}

// jsonValue makes floats fit for JSON, those in arrays, too.
func jsonValue(v any) any {
	switch v := v.(type) {
	case float32:
		return float32Number(v)
	case float64:
		return Number(v)
	case []any:
		for i := range v {
			v[i] = jsonValue(v[i])
		}
	}
	return v
}

// float32Number returns v as it is written with the digits of a float32, or as a [Number] where JSON has none for it.
func float32Number(v float32) any {
	if w := float64(v); math.IsNaN(w) || math.IsInf(w, 0) {
		return Number(w)
	}
	return v
}
