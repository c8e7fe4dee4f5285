package quant

// Q5_K (ggml-common.h, block_q5_K): 256 weights in 176 bytes, as Q4_K with a fifth bit, y = (d·scale)·code − dmin·min.
//
//	 0  d             f16
//	 2  dmin          f16
//	 4  scales, mins  12 bytes, see scaleMin
//	16  high          32 bytes; bit j/32 of byte j%32 is the fifth bit (16) of code j
//	48  codes         128 bytes, nibbles as in Q4_K
const q5_KBytes = 2 + 2 + 12 + 32 + 128

func decodeQ5_K(dst []float32, src []byte) {
	for ; len(src) >= q5_KBytes; dst, src = dst[256:], src[q5_KBytes:] {
		b := (*[q5_KBytes]byte)(src)
		d, dmin, scales := f16(b[0:]), f16(b[2:]), (*[12]byte)(b[4:])
		high := *(*[32]byte)(b[16:])
		for k := range 4 {
			y, qs := (*[64]float32)(dst[64*k:]), (*[32]byte)(b[48+32*k:])
			sc, mn := scaleMin(scales, 2*k)
			d0, m0 := d*float32(sc), float32(dmin*float32(mn))
			sc, mn = scaleMin(scales, 2*k+1)
			d1, m1 := d*float32(sc), float32(dmin*float32(mn))
			for i, q := range qs {
				y[i] = float32(d0*float32(q&15|high[i]&1<<4)) - m0
				y[i+32] = float32(d1*float32(q>>4|high[i]&2<<3)) - m1
				high[i] >>= 2
			}
		}
	}
}

func unpackQ5_K(codes []uint8, scales, mins []float32, src []byte) {
	for ; len(src) >= q5_KBytes; codes, scales, mins, src = codes[256:], scales[8:], mins[8:], src[q5_KBytes:] {
		b := (*[q5_KBytes]byte)(src)
		unpackScaleMins((*[8]float32)(scales), (*[8]float32)(mins), (*[16]byte)(b[:]))
		for k := range 4 {
			c, qs := (*[64]uint8)(codes[64*k:]), (*[32]byte)(b[48+32*k:])
			for i := 0; i < 32; i += 8 {
				q, high := load(qs[i:]), load(b[16+i:])>>(2*k)
				store(c[i:], q&(15*each)|high&each<<4)
				store(c[i+32:], q>>4&(15*each)|high>>1&each<<4)
			}
		}
	}
}

func encodeQ5_K(b []byte, x, w []float32) {
	k := affineBlock{size: 32, n: 31, limit: 63}
	if w == nil {
		k.searchPlain(x, affine{n: 31, low: -0.5, step: 0.1, steps: 15}, aboveMean)
	} else {
		k.searchWeighted(x, w)
	}
	k.store(b)
	packScaleMins(b[4:16], &k.scaleCodes, &k.minCodes)
	k.roundAgain(x)
	packNibbles(b[48:], k.codes[:], 32)
	packColumns(b[16:48], k.codes[:], 4)
}

// packColumns packs bit n of 256 codes: code j goes to bit j/32 of byte j%32.
func packColumns(dst, codes []byte, n int) {
	clear(dst)
	for j, q := range codes {
		dst[j%32] |= q >> n & 1 << (j / 32)
	}
}

func fieldsQ5_K(b []byte) []Field {
	return append(affineFields(b),
		field("high", 16, 32, 256, func(j int) float64 { return float64(b[16+j%32] >> (j / 32) & 1) }),
		field("codes", 48, 128, 256, func(j int) float64 {
			return float64(nibble(b[48:], j, 32) | b[16+j%32]>>(j/32)&1<<4)
		}))
}
