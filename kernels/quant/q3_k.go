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
				var scaled [4]float32
				for k := range scaled {
					scaled[k] = d * (float32(q3Scale(scales, 8*half+2*k+part)) - 32)
				}
				threeBits((*[112]float32)(dst[128*half+16*part:]), (*[16]byte)(b[32+32*half+16*part:]),
					(*[16]byte)(b[16*part:]), 4*half, &scaled)
			}
		}
	}
}

// unpackQ3_K multiplies the codes by their scales. What comes of that is −124 … 128: with the sign turned it is a signed
// byte, and d's sign is turned, too.
func unpackQ3_K(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= q3_KBytes; codes, scales, src = codes[256:], scales[8:], src[q3_KBytes:] {
		b := (*[q3_KBytes]byte)(src)
		repeat(scales[:8], -f16(b[108:]))
		var subScales [16]uint64
		for s := range subScales {
			subScales[s] = uint64(q3Scale((*[12]byte)(b[96:]), s)) - 32
		}
		for i := 0; i < 64; i += 8 { // half a block has 32 bytes
			c, sub := (*[104]uint8)(codes[i/32*128+i%32:]), (*[7]uint64)(subScales[i/32*8+i/16%2:])
			q, high := planes8(load(b[32+i:])), load(b[i%32:])>>(i/32*4)
			store(c[0:], scaled8(q[0]|high&each<<2, sub[0]))
			store(c[32:], scaled8(q[1]|high>>1&each<<2, sub[2]))
			store(c[64:], scaled8(q[2]|high>>2&each<<2, sub[4]))
			store(c[96:], scaled8(q[3]|high>>3&each<<2, sub[6]))
		}
	}
}

// scaled8 returns 128 − scale·(code − 4) for eight codes 0 … 7 and a scale of −32 … 31: 0 … 252. The scale's sign is in
// all 64 bits, so that multiplying by a negative one subtracts.
func scaled8(codes, scale uint64) uint64 {
	return (128+4*scale)*each - codes*scale
}

// threeBits decodes the 64 weights of four sub-blocks: those at y[0], y[32], y[64] and y[96]. Bit shift+k of high[i]
// belongs to the weight at y[32k + i].
func threeBits(y *[112]float32, qs, high *[16]byte, shift int, d *[4]float32) {
	d0, d1, d2, d3 := d[0], d[1], d[2], d[3]
	for i, q := range qs {
		h := high[i] >> (shift & 7)
		y[i] = d0 * centered3[(q&3|h<<2)&7]
		y[i+32] = d1 * centered3[(q>>2&3|h<<1&4)&7]
		y[i+64] = d2 * centered3[(q>>4&3|h&4)&7]
		y[i+96] = d3 * centered3[(q>>6|h>>1&4)&7]
	}
}

// q3Scale returns the 6-bit scale of sub-block s (0 … 15): low nibbles in the first eight bytes (low ones first), high
// two bits in the last four (lowest bits first).
func q3Scale(scales *[12]byte, s int) byte {
	s &= 15
	return nibble(scales[:8], s, 8) | scales[8+s%4]>>(s/4*2)&3<<4
}

func encodeQ3_K(b []byte, x, w []float32) {
	var codes [256]byte
	var scales [16]float32
	var scaleCodes [16]byte
	if w == nil {
		for s := range scales {
			scales[s] = threeBitScale(codes[16*s:][:16], x[16*s:][:16])
		}
		putF16(b[108:], roundQ3Scales(&scaleCodes, &scales))
	} else {
		var weights [16]float32
		for s := range scales {
			scales[s] = symmetric(codes[16*s:][:16], 4, x[16*s:][:16], w[16*s:][:16])
			weights[s] = sum(w[16*s:][:16])
		}
		putF16(b[108:], symmetric(scaleCodes[:], 32, scales[:], weights[:]))
	}
	packQ3Scales(b[96:108], &scaleCodes)
	d := f16(b[108:])
	for j, v := range x {
		if scaled := d * (float32(scaleCodes[j/16]) - 32); scaled != 0 {
			codes[j] = byte(clampNear(v/scaled, -4, 3) + 4)
		}
	}
	packPlanes(b[32:96], codes[:])
	packColumns(b[:32], codes[:], 2)
}

// threeBitScale finds a scale and codes 0 … 7 for 16 numbers without weights: from the scale that takes the number of
// the largest magnitude to −4, then moving single codes while that helps.
func threeBitScale(codes []byte, x []float32) (scale float32) {
	clear(codes)
	peak := largest(x)
	if abs(peak) < 1e-15 {
		return 0
	}
	var levels [16]int32
	var a, b float32
	r := -4 / peak
	for i, v := range x {
		levels[i] = clampNear(r*v, -4, 3)
		l := float32(levels[i])
		a += float32(v * v * v * l)
		b += float32(v * v * l * l)
	}
	for range 5 {
		if !moveLevels(&levels, x, &a, &b) {
			break
		}
	}
	for i, l := range levels {
		codes[i] = byte(l + 4)
	}
	return ratio(a, b)
}

// moveLevels is moveCodes for signed codes, under squares as weights.
func moveLevels(levels *[16]int32, x []float32, a, b *float32) (moved bool) {
	for i, v := range x {
		w, l := v*v, float32(levels[i])
		a1 := *a - float32(w*v*l)
		if !(a1 > 0) {
			continue
		}
		b1 := *b - float32(w*l*l)
		next := clampNear(v*b1/a1, -4, 3)
		if next == levels[i] {
			continue
		}
		l = float32(next)
		a1 += float32(w * v * l)
		b1 += float32(w * l * l)
		if gain, now := a1*a1*(*b), (*a)*(*a)*b1; b1 > 0 && gain > now {
			levels[i], *a, *b, moved = next, a1, b1, true
		}
	}
	return moved
}

// roundQ3Scales rounds scales of either sign such that the one of the largest magnitude gets code 0, which stands for −32.
func roundQ3Scales(codes *[16]byte, scales *[16]float32) (d float32) {
	peak := largest(scales[:])
	if peak == 0 {
		return 0
	}
	r := -32 / peak
	for s, scale := range scales {
		codes[s] = byte(min(max(int8(near(r*scale)), -32), 31) + 32)
	}
	return 1 / r
}

// packQ3Scales is the inverse of q3Scale, for all sixteen sub-blocks.
func packQ3Scales(dst []byte, codes *[16]byte) {
	clear(dst)
	packNibbles(dst[:8], codes[:], 8)
	for s, q := range codes {
		dst[8+s%4] |= q >> 4 << (s / 4 * 2)
	}
}

func fieldsQ3_K(b []byte) []Field {
	return []Field{
		field("high", 0, 32, 256, func(j int) float64 { return float64(b[j%32] >> (j / 32) & 1) }),
		field("codes", 32, 64, 256, func(j int) float64 { return float64(plane(b[32:], j) | b[j%32]>>(j/32)&1<<2) }),
		field("scales", 96, 12, 16, func(s int) float64 { return float64(q3Scale((*[12]byte)(b[96:]), s)) }),
		scaleField("d", b, 108),
	}
}
