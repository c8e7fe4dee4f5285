package quant

// Q4_K (ggml-common.h, block_q4_K): 256 weights in 144 bytes, eight sub-blocks of 32 with a scale and a minimum each,
// y = (d·scale)·code − dmin·min.
//
//	 0  d             f16
//	 2  dmin          f16
//	 4  scales, mins  12 bytes, see scaleMin
//	16  codes         128 bytes; 32 bytes hold 64 weights, low nibbles the first 32
const q4_KBytes = 2 + 2 + 12 + 128

func decodeQ4_K(dst []float32, src []byte) {
	for ; len(src) >= q4_KBytes; dst, src = dst[256:], src[q4_KBytes:] {
		b := (*[q4_KBytes]byte)(src)
		d, dmin, scales := f16(b[0:]), f16(b[2:]), (*[12]byte)(b[4:])
		for k := range 4 {
			y, qs := (*[64]float32)(dst[64*k:]), (*[32]byte)(b[16+32*k:])
			sc, mn := scaleMin(scales, 2*k)
			d0, m0 := d*float32(sc), float32(dmin*float32(mn))
			sc, mn = scaleMin(scales, 2*k+1)
			d1, m1 := d*float32(sc), float32(dmin*float32(mn))
			for i, q := range qs {
				y[i] = float32(d0*float32(q&15)) - m0
				y[i+32] = float32(d1*float32(q>>4)) - m1
			}
		}
	}
}

func unpackQ4_K(codes []uint8, scales, mins []float32, src []byte) {
	for ; len(src) >= q4_KBytes; codes, scales, mins, src = codes[256:], scales[8:], mins[8:], src[q4_KBytes:] {
		unpackScaleMins((*[8]float32)(scales), (*[8]float32)(mins), (*[16]byte)(src))
		for k := range 4 {
			nibbleCodes(codes[64*k:][:64], src[16+32*k:][:32])
		}
	}
}

// unpackScaleMins computes the scales and minima that a block of Q4_K or Q5_K begins with.
func unpackScaleMins(scales, mins *[8]float32, b *[16]byte) {
	d, dmin := f16(b[0:]), f16(b[2:])
	for s := range scales {
		scale, minimum := scaleMin((*[12]byte)(b[4:]), s)
		scales[s], mins[s] = d*float32(scale), dmin*float32(minimum)
	}
}

// scaleMin returns the 6-bit scale and minimum of sub-block s (0 … 7) of Q4_K and Q5_K. The first four of each lie in
// the low bits of bytes 0 … 3 and 4 … 7; of the others the low nibbles lie in bytes 8 … 11 (scale low, minimum high)
// and the high two bits in what the first eight bytes have left.
func scaleMin(scales *[12]byte, s int) (scale, minimum byte) {
	if s &= 7; s < 4 {
		return scales[s] & 63, scales[s+4] & 63
	}
	low := scales[s+4]
	return low&15 | scales[s-4]>>6<<4, low>>4 | scales[s]>>6<<4
}

func encodeQ4_K(b []byte, x, w []float32) {
	k := affineBlock{size: 32, n: 15, limit: 63}
	if w == nil {
		k.searchPlain(x, affine{n: 15, low: -1, step: 0.1, steps: 20}, aboveMean)
	} else {
		k.searchWeighted(x, w)
	}
	k.store(b)
	packScaleMins(b[4:16], &k.scaleCodes, &k.minCodes)
	k.roundAgain(x)
	packNibbles(b[16:], k.codes[:], 32)
}

// aboveMean weighs a number by its magnitude and that of its sub-block.
func aboveMean(w, x []float32) {
	mean := sqrt(sumSquares(x) / float32(len(x)))
	for i, v := range x {
		w[i] = mean + abs(v)
	}
}

// packScaleMins is the inverse of scaleMin, for all eight sub-blocks.
func packScaleMins(dst []byte, scales, mins *[16]byte) {
	for s := range 4 {
		dst[s] = scales[s]&63 | scales[s+4]>>4<<6
		dst[s+4] = mins[s]&63 | mins[s+4]>>4<<6
		dst[s+8] = scales[s+4]&15 | mins[s+4]<<4
	}
}

func fieldsQ4_K(b []byte) []Field {
	return append(affineFields(b), nibbleField(b, 16, 256, 32))
}

// affineFields returns the fields that Q4_K and Q5_K begin with.
func affineFields(b []byte) []Field {
	scales := (*[12]byte)(b[4:])
	return []Field{
		scaleField("d", b, 0), scaleField("dmin", b, 2),
		field("scales", 4, 12, 8, func(s int) float64 { scale, _ := scaleMin(scales, s); return float64(scale) }),
		field("mins", 4, 12, 8, func(s int) float64 { _, minimum := scaleMin(scales, s); return float64(minimum) }),
	}
}
