package gguf

import (
	"fmt"
	"math"
)

// get finds key and reads it as a T.
func get[T any](f *File, key, expected string, as func(Value) (T, bool)) (T, error) {
	var zero T
	v, ok := f.Lookup(key)
	if !ok {
		return zero, &Error{File: f.Name, Kind: ErrMissingKey, Key: key, Expected: expected, Offset: -1}
	}
	var t T
	err := Guard(func() error {
		if t, ok = as(v); !ok {
			return f.wrongType(key, v, expected)
		}
		return nil
	})
	if err != nil {
		return zero, err
	}
	return t, nil
}

func (f *File) wrongType(key string, v Value, expected string) error {
	return &Error{File: f.Name, Kind: ErrWrongType, Key: key, Field: "type", Seen: v.describe(), Expected: expected, Offset: v.Offset()}
}

// describe names the type of v, and the value of a number.
func (v Value) describe() string {
	switch {
	case v.typ == TypeArray:
		return fmt.Sprintf("array of %v", v.elem)
	case v.typ == TypeString:
		return v.typ.String()
	}
	return fmt.Sprintf("%v (%v)", v.typ, v.Any(0))
}

// String returns the string at key.
// Like its siblings it fails with an [Error] of kind [ErrMissingKey] or [ErrWrongType].
func (f *File) String(key string) (string, error) { return get(f, key, "string", Value.Text) }

// Bool returns the bool at key.
func (f *File) Bool(key string) (bool, error) { return get(f, key, "bool", Value.Bool) }

// Float32 returns the f32 at key, or an f64 rounded to the nearest f32 if it is not too large for one.
func (f *File) Float32(key string) (float32, error) {
	return get(f, key, "f32", func(v Value) (float32, bool) {
		x, ok := v.Float()
		fits := math.IsInf(x, 0) || !math.IsInf(float64(float32(x)), 0)
		return float32(x), ok && fits
	})
}

// Uint returns the integer at key, of any width, if it is not negative.
func (f *File) Uint(key string) (uint64, error) {
	return get(f, key, "an integer from 0 on", Value.Uint)
}

// Int returns the integer at key, of any width that an int64 can hold.
func (f *File) Int(key string) (int64, error) { return get(f, key, "an integer", Value.Int) }

// Strings returns the array of strings at key.
func (f *File) Strings(key string) ([]string, error) {
	return get(f, key, "array of string", Value.StringSlice)
}

// Floats returns the array of f32 at key.
func (f *File) Floats(key string) ([]float32, error) {
	return get(f, key, "array of f32", Value.Float32s)
}

// Ints returns the array of integers at key, of any width that fits.
func (f *File) Ints(key string) ([]int64, error) { return get(f, key, "array of integers", Value.Ints) }

// Bools returns the array of bools at key.
func (f *File) Bools(key string) ([]bool, error) { return get(f, key, "array of bool", Value.Bools) }

// IntEach returns n integers from key: those of an array, which must have n, or n times a single one.
// Numbers that may differ from layer to layer are written in both ways.
func (f *File) IntEach(key string, n int) ([]int64, error) {
	v, ok := f.Lookup(key)
	if ok && v.typ == TypeArray {
		if v.count != n {
			return nil, &Error{File: f.Name, Kind: ErrBadCount, Key: key, Field: "elements", Seen: fmt.Sprint(v.count), Expected: fmt.Sprint(n), Offset: v.Offset()}
		}
		return f.Ints(key)
	}
	x, err := f.Int(key)
	if err != nil {
		return nil, err
	}
	list := make([]int64, n)
	for i := range list {
		list[i] = x
	}
	return list, nil
}

// OddWidth returns an [Error] of kind [ErrIntWidth] if the integer at key is of none of the regular types,
// which are u32 and u64 if none are named. Such a file is understood here, but other readers refuse it.
func (f *File) OddWidth(key string, regular ...ValueType) error {
	v, ok := f.Lookup(key)
	if len(regular) == 0 {
		regular = []ValueType{TypeUint32, TypeUint64}
	}
	if !ok || !v.typ.IsInteger() {
		return nil
	}
	for _, t := range regular {
		if v.typ == t {
			return nil
		}
	}
	return &Error{File: f.Name, Kind: ErrIntWidth, Key: key, Field: "type", Seen: v.typ.String(), Expected: regular[0].String(), Offset: int64(v.at)}
}
