package gguf

import (
	"iter"
	"math"
)

// elements goes through the elements of an array.
func (v Value) elements() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		if v.typ != TypeArray {
			return
		}
		at := 0
		for i := range v.count {
			e, n := v.element(v.raw[at:])
			if at += n; !yield(i, e) {
				return
			}
		}
	}
}

// Strings goes through the strings of an array, copying one at a time. It is empty for anything else.
func (v Value) Strings() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		if !v.isArrayOf(TypeString) {
			return
		}
		for i, e := range v.elements() {
			if !yield(i, e.text) {
				return
			}
		}
	}
}

// StringSlice returns the strings of an array. All share one copy of the file's bytes.
func (v Value) StringSlice() ([]string, bool) {
	if !v.isArrayOf(TypeString) {
		return nil, false
	}
	list := make([]string, v.count)
	all, at := string(v.raw), 0
	for i := range list {
		size := elementSize(v.order, TypeString, v.raw[at:])
		list[i] = all[at+8 : at+size]
		at += size
	}
	return list, true
}

// Ints returns the integers of an array, of any width that fits.
func (v Value) Ints() ([]int64, bool) { return collect(v, Value.Int) }

// Uints returns the integers of an array, of any width, if none is negative.
func (v Value) Uints() ([]uint64, bool) { return collect(v, Value.Uint) }

// Bools returns the bools of an array.
func (v Value) Bools() ([]bool, bool) { return collect(v, Value.Bool) }

// Float64s returns the floats of an array of f32 or f64.
func (v Value) Float64s() ([]float64, bool) { return collect(v, Value.Float) }

// Int32s returns the numbers of an array of i32.
func (v Value) Int32s() ([]int32, bool) {
	return decode(v, TypeInt32, func(bits uint64) int32 { return int32(bits) })
}

// Uint32s returns the numbers of an array of u32.
func (v Value) Uint32s() ([]uint32, bool) {
	return decode(v, TypeUint32, func(bits uint64) uint32 { return uint32(bits) })
}

// Float32s returns the numbers of an array of f32.
func (v Value) Float32s() ([]float32, bool) {
	return decode(v, TypeFloat32, func(bits uint64) float32 { return math.Float32frombits(uint32(bits)) })
}

func (v Value) isArrayOf(t ValueType) bool { return v.typ == TypeArray && v.elem == t }

// collect takes every element of an array as a T.
func collect[T any](v Value, as func(Value) (T, bool)) ([]T, bool) {
	// An empty array of another type must not pass for an empty one of T.
	if _, ok := as(Value{typ: v.elem}); v.typ != TypeArray || !ok {
		return nil, false
	}
	list := make([]T, 0, v.count)
	for _, e := range v.elements() {
		t, ok := as(e)
		if !ok {
			return nil, false
		}
		list = append(list, t)
	}
	return list, true
}

// decode reads an array of numbers of exactly one type.
func decode[T any](v Value, t ValueType, from func(bits uint64) T) ([]T, bool) {
	if !v.isArrayOf(t) {
		return nil, false
	}
	size := t.fixedSize()
	list := make([]T, v.count)
	for i := range list {
		list[i] = from(readBits(v.order, v.raw[i*size:][:size]))
	}
	return list, true
}

// Any returns the value as a Go value for printing: an int64 or uint64, a float32 or float64, a bool, a string, or a []any
// with at most limit elements of an array (all, if limit is negative).
func (v Value) Any(limit int) any {
	switch v.typ {
	case TypeString:
		return v.text
	case TypeArray:
		return v.anyList(limit)
	case TypeBool:
		return v.bits != 0
	case TypeFloat32:
		return math.Float32frombits(uint32(v.bits))
	case TypeFloat64:
		return math.Float64frombits(v.bits)
	}
	if v.typ.isSigned() {
		return v.signed()
	}
	return v.bits
}

func (v Value) anyList(limit int) []any {
	n := v.count
	if limit >= 0 {
		n = min(n, limit)
	}
	list := make([]any, 0, n)
	for i, e := range v.elements() {
		if i == n {
			break
		}
		list = append(list, e.Any(limit))
	}
	return list
}
