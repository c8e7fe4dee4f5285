package quant

import "encoding/binary"

// F16: little-endian IEEE binary16 numbers.

func decodeF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = F16ToF32(binary.LittleEndian.Uint16(src[:2]))
		src = src[2:]
	}
}
