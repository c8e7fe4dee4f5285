package quant

import "encoding/binary"

// Q2_0 (ggml-common.h, block_q2_0): 64 weights in 18 bytes, y = d·(code − 1).
//
//	0  d      f16
//	2  codes  16 bytes; bits 2(j%4) of byte j/4 are weight j
const q2_0Bytes = 2 + 16

func decodeQ2_0(dst []float32, src []byte) {
	for ; len(src) >= q2_0Bytes; dst, src = dst[64:], src[q2_0Bytes:] {
		b := (*[q2_0Bytes]byte)(src)
		values := ternary(f16(b[:]))
		for i, q := range b[2:] {
			y := (*[4]float32)(dst[4*i:])
			y[0] = values[q&3]
			y[1] = values[q>>2&3]
			y[2] = values[q>>4&3]
			y[3] = values[q>>6]
		}
	}
}

func unpackQ2_0(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= q2_0Bytes; codes, scales, src = codes[64:], scales[2:], src[q2_0Bytes:] {
		b := (*[q2_0Bytes]byte)(src)
		repeat(scales[:2], f16(b[:]))
		for i := range 8 {
			store(codes[8*i:], spreadPairs(binary.LittleEndian.Uint16(b[2+2*i:])))
		}
	}
}

// ternary returns the values of the codes of Q2_0 and TQ2_0; an encoder writes the first three only.
func ternary(d float32) [4]float32 { return [4]float32{-1 * d, 0 * d, d, 2 * d} }

func encodeQ2_0(b []byte, x, _ []float32) {
	d := abs(largest(x))
	r := inverse(d)
	clear(b)
	putF16(b, d)
	for j, v := range x {
		b[2+j/4] |= byte(min(max(away(v*r)+1, 0), 3)) << (j % 4 * 2)
	}
}

func fieldsQ2_0(b []byte) []Field {
	return []Field{scaleField("d", b, 0),
		field("codes", 2, 16, 64, func(j int) float64 { return float64(b[2+j/4] >> (j % 4 * 2) & 3) })}
}
