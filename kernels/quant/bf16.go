package quant

import (
	"encoding/binary"

	"github.com/sonde-ml/sonde/gguf"
)

// BF16: little-endian bfloat16 numbers, the upper halves of IEEE binary32 numbers.

func decodeBF16(dst []float32, src []byte) {
	for ; len(dst) >= 4; dst, src = dst[4:], src[8:] {
		y, b := (*[4]float32)(dst), (*[8]byte)(src)
		y[0] = bf16(b[0:])
		y[1] = bf16(b[2:])
		y[2] = bf16(b[4:])
		y[3] = bf16(b[6:])
	}
	for i := range dst {
		dst[i] = bf16(src[2*i:])
	}
}

func bf16(b []byte) float32 { return BF16ToF32(binary.LittleEndian.Uint16(b)) }

func encodeBF16(dst []byte, src, _ []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint16(dst[2*i:], F32ToBF16(v))
	}
}

func fieldsBF16(b []byte) []Field {
	return plainField(gguf.BF16, b, func(b []byte) float64 { return float64(bf16(b)) })
}
