package quant

import (
	"encoding/binary"
	"math"
)

// F32: little-endian IEEE binary32 numbers.

func decodeF32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[:4]))
		src = src[4:]
	}
}
