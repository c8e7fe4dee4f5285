package quant

import "encoding/binary"

// Q5_0 (ggml-common.h, block_q5_0): 32 weights in 22 bytes, y = d·(code − 16).
//
//	0  d      f16
//	2  high   u32; bit i is the fifth bit (16) of code i
//	6  codes  16 bytes, nibbles as in Q4_0
const q5_0Bytes = 2 + 4 + 16

func decodeQ5_0(dst []float32, src []byte) {
	for ; len(src) >= q5_0Bytes; dst, src = dst[32:], src[q5_0Bytes:] {
		y, b := (*[32]float32)(dst), (*[q5_0Bytes]byte)(src)
		d, high := f16(b[0:]), binary.LittleEndian.Uint32(b[2:])
		for i, q := range b[6:] {
			y[i] = (float32(q&15|byte(high<<4)&16) - 16) * d
			y[i+16] = (float32(q>>4|byte(high>>12)&16) - 16) * d
			high >>= 1
		}
	}
}

func fieldsQ5_0(b []byte) []Field {
	return []Field{scaleField("d", b, 0), fifthBits(b, 2), fiveBitCodes(b, 2, 6)}
}

func fifthBits(b []byte, offset int) Field {
	return field("high", offset, 4, 32, func(j int) float64 { return float64(bit(b[offset:], j)) })
}

func fiveBitCodes(b []byte, high, low int) Field {
	return field("codes", low, 16, 32, func(j int) float64 { return float64(nibble(b[low:], j, 16) | bit(b[high:], j)<<4) })
}

// bit returns bit j of a field, 0 or 1.
func bit(b []byte, j int) byte { return b[j/8] >> (j % 8) & 1 }
