package quant

import "encoding/binary"

// BF16: little-endian upper halves of IEEE binary32 numbers.

func decodeBF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = BF16ToF32(binary.LittleEndian.Uint16(src[:2]))
		src = src[2:]
	}
}
