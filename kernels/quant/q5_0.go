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
		for i := range 16 {
			q := uint32(b[6+i])
			y[i] = centered5[(q&15|high<<4&16)&31] * d
			y[i+16] = centered5[(q>>4|high>>12&16)&31] * d
			high >>= 1
		}
	}
}

func unpackQ5_0(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= q5_0Bytes; codes, scales, src = codes[32:], scales[1:], src[q5_0Bytes:] {
		scales[0] = f16(src)
		fiveBits((*[32]uint8)(codes), (*[4]byte)(src[2:]), (*[16]byte)(src[6:]))
	}
}

// fiveBits unpacks the codes of Q5_0 and Q5_1.
func fiveBits(codes *[32]uint8, high *[4]byte, qs *[16]byte) {
	for i := range 2 {
		q := load(qs[8*i:])
		store(codes[8*i:], q&(15*each)|spreadBits(high[i])<<4)
		store(codes[16+8*i:], q>>4&(15*each)|spreadBits(high[i+2])<<4)
	}
}

func encodeQ5_0(b []byte, x, w []float32) {
	var codes [32]byte
	putF16(b, centered(codes[:], 16, x, w))
	packFiveBits(b[2:6], b[6:], codes[:])
}

// packFiveBits packs the 32 codes of Q5_0 and Q5_1.
func packFiveBits(high, low, codes []byte) {
	packNibbles(low, codes, 16)
	packBits(high, codes, 4)
}

// packBits packs bit n of each code.
func packBits(dst, codes []byte, n int) {
	clear(dst)
	for j, q := range codes {
		dst[j/8] |= q >> n & 1 << (j % 8)
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
