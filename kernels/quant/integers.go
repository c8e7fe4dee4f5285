package quant

import (
	"encoding/binary"
	"math"

	"github.com/sonde-ml/sonde/gguf"
)

// I8, I16, I32, I64: little-endian integers. ggml does not convert them; here they are rounded, ties to even, in both directions.

func decodeI8(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(int8(src[i]))
	}
}

func decodeI16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(int16At(src[2*i:]))
	}
}

func decodeI32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(int32At(src[4*i:]))
	}
}

func decodeI64(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(int64At(src[8*i:]))
	}
}

func int16At(b []byte) int16 { return int16(binary.LittleEndian.Uint16(b)) }
func int32At(b []byte) int32 { return int32(binary.LittleEndian.Uint32(b)) }
func int64At(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }

func encodeI8(dst []byte, src, _ []float32) {
	for i, v := range src {
		dst[i] = byte(integer(v, 8))
	}
}

func encodeI16(dst []byte, src, _ []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint16(dst[2*i:], uint16(integer(v, 16)))
	}
}

func encodeI32(dst []byte, src, _ []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint32(dst[4*i:], uint32(integer(v, 32)))
	}
}

func encodeI64(dst []byte, src, _ []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint64(dst[8*i:], uint64(integer(v, 64)))
	}
}

// integer rounds to a signed integer of so many bits, half to even; what does not fit becomes the nearest that does,
// a NaN becomes 0.
func integer(v float32, bits int) int64 {
	limit := math.Ldexp(1, bits-1)
	switch r := math.RoundToEven(float64(v)); {
	case r != r:
		return 0
	case r >= limit:
		return 1<<(bits-1) - 1
	case r < -limit:
		return -1 << (bits - 1)
	default:
		return int64(r)
	}
}

func fieldsI8(b []byte) []Field {
	return plainField(gguf.I8, b, func(b []byte) float64 { return float64(int8(b[0])) })
}

func fieldsI16(b []byte) []Field {
	return plainField(gguf.I16, b, func(b []byte) float64 { return float64(int16At(b)) })
}

func fieldsI32(b []byte) []Field {
	return plainField(gguf.I32, b, func(b []byte) float64 { return float64(int32At(b)) })
}

func fieldsI64(b []byte) []Field {
	return plainField(gguf.I64, b, func(b []byte) float64 { return float64(int64At(b)) })
}
