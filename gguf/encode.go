package gguf

import "encoding/binary"

// Scalar are the Go types that metadata values are made of.
type Scalar interface {
	uint8 | int8 | uint16 | int16 | uint32 | int32 | uint64 | int64 | float32 | float64 | bool | string
}

// ValueOf returns v as a metadata value of the type that Go has for it: uint32 is u32, string is string.
func ValueOf[T Scalar](v T) Value {
	if s, ok := any(v).(string); ok {
		return Value{typ: TypeString, text: s}
	}
	return Value{typ: typeOf[T](), bits: readBits(littleEndian, encode(v))}
}

// ArrayOf returns list as an array.
func ArrayOf[T Scalar](list []T) Value {
	e := Value{typ: TypeArray, elem: typeOf[T](), count: len(list)}
	if texts, ok := any(list).([]string); ok {
		for _, s := range texts {
			e.raw = appendText(e.raw, s)
		}
	} else {
		e.raw = encode(list)
	}
	return e
}

// ArrayOfArrays returns an array of the arrays in list; a value that is none becomes an array of one.
// llama.cpp does not read such files.
func ArrayOfArrays(list ...Value) Value {
	e := Value{typ: TypeArray, elem: TypeArray, count: len(list)}
	for _, v := range list {
		if v.typ != TypeArray {
			v = Value{typ: TypeArray, elem: v.typ, count: 1, raw: appendPayload(nil, v)}
		}
		e.raw = appendArray(e.raw, v)
	}
	return e
}

// encode packs numbers or bools; it cannot fail for those.
func encode(v any) []byte {
	b, _ := binary.Append(nil, binary.LittleEndian, v)
	return b
}

func typeOf[T Scalar]() ValueType {
	switch any(*new(T)).(type) {
	case uint8:
		return TypeUint8
	case int8:
		return TypeInt8
	case uint16:
		return TypeUint16
	case int16:
		return TypeInt16
	case uint32:
		return TypeUint32
	case int32:
		return TypeInt32
	case uint64:
		return TypeUint64
	case int64:
		return TypeInt64
	case float32:
		return TypeFloat32
	case float64:
		return TypeFloat64
	case bool:
		return TypeBool
	}
	return TypeString
}

func appendText(b []byte, s string) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(len(s)))
	return append(b, s...)
}

// appendPayload appends v as a file has it behind its type.
func appendPayload(b []byte, v Value) []byte {
	switch v.typ {
	case TypeString:
		return appendText(b, v.text)
	case TypeArray:
		return appendArray(b, v)
	}
	var buf [8]byte
	binary.LittleEndian.PutUint64(buf[:], v.bits)
	return append(b, buf[:v.typ.fixedSize()]...)
}

func appendArray(b []byte, v Value) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(v.elem))
	b = binary.LittleEndian.AppendUint64(b, uint64(v.count))
	if v.order == littleEndian {
		return append(b, v.raw...)
	}
	for _, e := range v.elements() {
		b = appendPayload(b, e)
	}
	return b
}
