package gguf

import (
	"math"

	"github.com/sonde-ml/sonde/internal/checked"
)

// Value is a metadata value. Numbers, bools and strings are held in it; an array is a view of the
// file's bytes that is decoded when asked for, and must not be asked after File.Close.
//
// The methods that take a value as a Go type report false when it is of another type; see also the
// methods of [File], which say so in an error.
type Value struct {
	typ   ValueType
	elem  ValueType // of an array
	count int       // of an array's elements
	bits  uint64    // a number or bool as it was encoded, widened without sign
	text  string
	raw   []byte // an array's elements, packed
	order byteOrder
	at    int // byte of the file where the value's type stands; the value follows
}

// KV is a metadata key with its value.
type KV struct {
	Key   string
	Value Value
	at    int // byte of the file where the key's length stands
}

// Type returns the value's type.
func (v Value) Type() ValueType { return v.typ }

// Elem returns the type of an array's elements; for other values it means nothing.
func (v Value) Elem() ValueType { return v.elem }

// Len returns the number of elements of an array, of bytes of a string, and 1 for other values.
func (v Value) Len() int {
	switch v.typ {
	case TypeArray:
		return v.count
	case TypeString:
		return len(v.text)
	}
	return 1
}

// Offset returns where the value begins, in bytes from the start of the file:
// the number itself, a string's length, an array's element type.
func (v Value) Offset() int64 { return int64(v.at) + 4 }

// Uint returns an integer of any width that is not negative.
func (v Value) Uint() (uint64, bool) {
	if !v.typ.IsInteger() || v.typ.isSigned() && v.signed() < 0 {
		return 0, false
	}
	return v.bits, true
}

// Int returns an integer of any width that an int64 can hold.
func (v Value) Int() (int64, bool) {
	switch {
	case v.typ.isSigned():
		return v.signed(), true
	case v.typ.IsInteger() && v.bits <= math.MaxInt64:
		return int64(v.bits), true
	}
	return 0, false
}

// signed extends the sign of the bits.
func (v Value) signed() int64 {
	switch v.typ {
	case TypeInt8:
		return int64(int8(v.bits))
	case TypeInt16:
		return int64(int16(v.bits))
	case TypeInt32:
		return int64(int32(v.bits))
	}
	return int64(v.bits)
}

// Float returns an f32 or f64. Integers are no floats: whoever wrote one meant something else.
func (v Value) Float() (float64, bool) {
	switch v.typ {
	case TypeFloat32:
		return float64(math.Float32frombits(uint32(v.bits))), true
	case TypeFloat64:
		return math.Float64frombits(v.bits), true
	}
	return 0, false
}

// Bool returns a bool.
func (v Value) Bool() (value, ok bool) { return v.typ == TypeBool && v.bits != 0, v.typ == TypeBool }

// Text returns a string.
func (v Value) Text() (string, bool) { return v.text, v.typ == TypeString }

// element returns the value that begins at raw[0] in an array that was checked at opening, and
// the number of its bytes.
func (v Value) element(raw []byte) (Value, int) {
	size := elementSize(v.order, v.elem, raw)
	e := Value{typ: v.elem, order: v.order}
	switch v.elem {
	case TypeString:
		e.text = string(raw[8:size])
	case TypeArray:
		e.elem = ValueType(v.order.Uint32(raw))
		e.raw = raw[arrayHeader:size]
		e.count, _ = checked.Int(v.order.Uint64(raw[4:]), len(e.raw))
	default:
		e.bits = readBits(v.order, raw[:size])
	}
	return e, size
}

const arrayHeader = 12 // element type and count

// elementSize measures the value of type t that begins at raw[0], which was checked at opening.
func elementSize(order byteOrder, t ValueType, raw []byte) int {
	switch t {
	case TypeString:
		n, _ := checked.Int(order.Uint64(raw), len(raw)-8)
		return 8 + n
	case TypeArray:
		elem := ValueType(order.Uint32(raw))
		n, _ := checked.Int(order.Uint64(raw[4:]), len(raw))
		if size := elem.fixedSize(); size > 0 {
			return arrayHeader + n*size
		}
		size := arrayHeader
		for range n {
			size += elementSize(order, elem, raw[size:])
		}
		return size
	}
	return t.fixedSize()
}

// readBits decodes a number of 1, 2, 4 or 8 bytes.
func readBits(order byteOrder, b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	}
	return order.Uint64(b)
}
