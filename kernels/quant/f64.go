package quant

import (
	"encoding/binary"
	"math"

	"github.com/sonde-ml/sonde/gguf"
)

// F64: little-endian IEEE binary64 numbers. ggml does not convert them; here they are rounded, ties to even.

func decodeF64(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(float64At(src[8*i:]))
	}
}

func float64At(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

func encodeF64(dst []byte, src, _ []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint64(dst[8*i:], math.Float64bits(float64(v)))
	}
}

func fieldsF64(b []byte) []Field { return plainField(gguf.F64, b, float64At) }
