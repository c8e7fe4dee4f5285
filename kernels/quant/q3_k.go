package quant

// Q3_K (ggml-common.h, block_q3_K): 256 weights in 110 bytes, sixteen sub-blocks of 16, y = (d·(scale − 32))·(code − 4).
//
//	  0  high    32 bytes; bit j/32 of byte j%32 is the third bit (4) of code j
//	 32  codes   64 bytes, the low two bits as in Q2_K
//	 96  scales  12 bytes, see q3Scale
//	108  d       f16
const q3_KBytes = 32 + 64 + 12 + 2

func decodeQ3_K(dst []float32, src []byte) {
	for ; len(src) >= q3_KBytes; dst, src = dst[256:], src[q3_KBytes:] {
		b := (*[q3_KBytes]byte)(src)
		d, scales := f16(b[108:]), (*[12]byte)(b[96:])
		for half := range 2 {
			for part := range 2 {
				var values [4][8]float32
				for k := range values {
					values[k] = centered3(d * (float32(q3Scale(scales, 8*half+2*k+part)) - 32))
				}
				threeBits((*[112]float32)(dst[128*half+16*part:]), (*[16]byte)(b[32+32*half+16*part:]),
					(*[16]byte)(b[16*part:]), 4*half, &values)
			}
		}
	}
}

// threeBits is planes with a third bit: bit shift+k of high[i] belongs to the weight at y[32k + i].
func threeBits(y *[112]float32, qs, high *[16]byte, shift int, values *[4][8]float32) {
	for i, q := range qs {
		h := high[i] >> (shift & 7)
		y[i] = values[0][(q&3|h<<2)&7]
		y[i+32] = values[1][(q>>2&3|h<<1&4)&7]
		y[i+64] = values[2][(q>>4&3|h&4)&7]
		y[i+96] = values[3][(q>>6|h>>1&4)&7]
	}
}

// centered3 returns the values of the codes 0 … 7 of a sub-block.
func centered3(d float32) [8]float32 {
	return [8]float32{-4 * d, -3 * d, -2 * d, -1 * d, 0 * d, d, 2 * d, 3 * d}
}

// q3Scale returns the 6-bit scale of sub-block s (0 … 15): low nibbles in the first eight bytes (low ones first), high
// two bits in the last four (lowest bits first).
func q3Scale(scales *[12]byte, s int) byte {
	s &= 15
	return nibble(scales[:8], s, 8) | scales[8+s%4]>>(s/4*2)&3<<4
}

func fieldsQ3_K(b []byte) []Field {
	return []Field{
		field("high", 0, 32, 256, func(j int) float64 { return float64(b[j%32] >> (j / 32) & 1) }),
		field("codes", 32, 64, 256, func(j int) float64 { return float64(plane(b[32:], j) | b[j%32]>>(j/32)&1<<2) }),
		field("scales", 96, 12, 16, func(s int) float64 { return float64(q3Scale((*[12]byte)(b[96:]), s)) }),
		scaleField("d", b, 108),
	}
}
