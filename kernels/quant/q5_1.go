package quant

import "encoding/binary"

// Q5_1 (ggml-common.h, block_q5_1): 32 weights in 24 bytes, y = d·code + m.
//
//	0  d      f16
//	2  m      f16
//	4  high   u32; bit i is the fifth bit (16) of code i
//	8  codes  16 bytes, nibbles as in Q4_0
const q5_1Bytes = 2 + 2 + 4 + 16

func decodeQ5_1(dst []float32, src []byte) {
	for ; len(src) >= q5_1Bytes; dst, src = dst[32:], src[q5_1Bytes:] {
		y, b := (*[32]float32)(dst), (*[q5_1Bytes]byte)(src)
		d, m, high := f16(b[0:]), f16(b[2:]), binary.LittleEndian.Uint32(b[4:])
		for i, q := range b[8:] {
			y[i] = float32(float32(q&15|byte(high<<4)&16)*d) + m
			y[i+16] = float32(float32(q>>4|byte(high>>12)&16)*d) + m
			high >>= 1
		}
	}
}

func unpackQ5_1(codes []uint8, scales, mins []float32, src []byte) {
	for ; len(src) >= q5_1Bytes; codes, scales, mins, src = codes[32:], scales[1:], mins[1:], src[q5_1Bytes:] {
		scales[0], mins[0] = f16(src), -f16(src[2:])
		fiveBits((*[32]uint8)(codes), (*[4]byte)(src[4:]), (*[16]byte)(src[8:]))
	}
}

func encodeQ5_1(b []byte, x, w []float32) {
	var codes [32]byte
	d, m := spread(codes[:], 31, x, w)
	putF16(b[0:], d)
	putF16(b[2:], m)
	packFiveBits(b[4:8], b[8:], codes[:])
}

func fieldsQ5_1(b []byte) []Field {
	return []Field{scaleField("d", b, 0), scaleField("m", b, 2), fifthBits(b, 4), fiveBitCodes(b, 4, 8)}
}
