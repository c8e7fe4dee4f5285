package gguf

import "fmt"

// ValueType is the type of a metadata value.
type ValueType uint32

// The metadata types, with GGUF's ids.
const (
	TypeUint8   ValueType = 0
	TypeInt8    ValueType = 1
	TypeUint16  ValueType = 2
	TypeInt16   ValueType = 3
	TypeUint32  ValueType = 4
	TypeInt32   ValueType = 5
	TypeFloat32 ValueType = 6
	TypeBool    ValueType = 7
	TypeString  ValueType = 8
	TypeArray   ValueType = 9
	TypeUint64  ValueType = 10
	TypeInt64   ValueType = 11
	TypeFloat64 ValueType = 12
)

// size is that of a value in bytes, for strings and arrays the smallest one:
// a length; an element type and a count.
var valueTypes = [...]struct {
	name string
	size int
}{
	TypeUint8: {"u8", 1}, TypeInt8: {"i8", 1}, TypeUint16: {"u16", 2}, TypeInt16: {"i16", 2},
	TypeUint32: {"u32", 4}, TypeInt32: {"i32", 4}, TypeUint64: {"u64", 8}, TypeInt64: {"i64", 8},
	TypeFloat32: {"f32", 4}, TypeFloat64: {"f64", 8}, TypeBool: {"bool", 1},
	TypeString: {"string", 8}, TypeArray: {"array", 12},
}

// Valid reports whether t is one of GGUF's thirteen types.
func (t ValueType) Valid() bool { return int64(t) < int64(len(valueTypes)) }

// String returns a short name such as "u32" or "string".
func (t ValueType) String() string {
	if !t.Valid() {
		return fmt.Sprintf("type %d", uint32(t))
	}
	return valueTypes[t].name
}

// IsInteger reports whether t is an integer type of any width.
func (t ValueType) IsInteger() bool {
	switch t {
	case TypeUint8, TypeInt8, TypeUint16, TypeInt16, TypeUint32, TypeInt32, TypeUint64, TypeInt64:
		return true
	}
	return false
}

func (t ValueType) isSigned() bool {
	return t == TypeInt8 || t == TypeInt16 || t == TypeInt32 || t == TypeInt64
}

// fixedSize is the number of bytes of every value of type t, 0 where values differ in size.
func (t ValueType) fixedSize() int {
	if !t.Valid() || t == TypeString || t == TypeArray {
		return 0
	}
	return valueTypes[t].size
}
