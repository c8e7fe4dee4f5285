//go:build amd64 && !purego

package quant

import (
	"unsafe"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// decodersAt returns the decoders of a level.
func decodersAt(level cpu.Level) []vectorDecoder {
	switch level {
	case cpu.AVX512, cpu.AVX512VNNI:
		return decoders512[:]
	case cpu.AVX2:
		return decoders256[:]
	}
	return nil
}

var decoders512 = [...]vectorDecoder{
	gguf.F32:  {1, 4, copyF32},
	gguf.F16:  {16, 32, decodeF16AVX512},
	gguf.BF16: {16, 32, decodeBF16AVX512},
	gguf.Q8_0: {32, q8_0Bytes, decodeQ8_0AVX512},
	gguf.Q4_0: {32, q4_0Bytes, decodeQ4_0AVX512},
	gguf.Q4_1: {32, q4_1Bytes, decodeQ4_1AVX512},
	gguf.Q5_0: {32, q5_0Bytes, decodeQ5_0AVX512},
	gguf.Q5_1: {32, q5_1Bytes, decodeQ5_1AVX512},
	gguf.Q4_K: {256, q4_KBytes, decodeQ4_KAVX512},
	gguf.Q5_K: {256, q5_KBytes, decodeQ5_KAVX512},
	gguf.Q6_K: {256, q6_KBytes, decodeQ6_KAVX512},
}

var decoders256 = [...]vectorDecoder{
	gguf.F32:  {1, 4, copyF32},
	gguf.F16:  {8, 16, decodeF16AVX2},
	gguf.BF16: {8, 16, decodeBF16AVX2},
	gguf.Q8_0: {32, q8_0Bytes, decodeQ8_0AVX2},
	gguf.Q4_0: {32, q4_0Bytes, decodeQ4_0AVX2},
	gguf.Q4_1: {32, q4_1Bytes, decodeQ4_1AVX2},
	gguf.Q5_0: {32, q5_0Bytes, decodeQ5_0AVX2},
	gguf.Q5_1: {32, q5_1Bytes, decodeQ5_1AVX2},
	gguf.Q4_K: {256, q4_KBytes, decodeQ4_KAVX2},
	gguf.Q5_K: {256, q5_KBytes, decodeQ5_KAVX2},
	gguf.Q6_K: {256, q6_KBytes, decodeQ6_KAVX2},
}

// copyF32 copies numbers, whose bytes have the processor's order.
func copyF32(dst *float32, src *byte, n int) {
	copy(unsafe.Slice((*byte)(unsafe.Pointer(dst)), 4*n), unsafe.Slice(src, 4*n))
}
