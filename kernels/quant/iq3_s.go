package quant

// IQ3_S (ggml-common.h, block_iq3_s): 256 weights in 110 bytes, eight sub-blocks of 32, y = ±(d·(2·scale + 1))·grid,
// four weights to a point of the grid of 512.
//
//	  0  d       f16
//	  2  grid    64 bytes, the low eight bits of the points
//	 66  high    8 bytes, one more bit for each point, lowest first
//	 74  signs   32 bytes
//	106  scales  4 bytes, nibbles, lowest first
const iq3_sBytes = 2 + 64 + 8 + 32 + 4

func decodeIQ3_S(dst []float32, src []byte) {
	for ; len(src) >= iq3_sBytes; dst, src = dst[256:], src[iq3_sBytes:] {
		b := (*[iq3_sBytes]byte)(src)
		d := f16(b[:])
		for g := range 32 {
			scaled := d * float32(1+2*nibbleOf(b[106:], g/4))
			y, sign := (*[8]float32)(dst[8*g:]), &signs[b[74+g]]
			signed4Weights((*[4]float32)(y[:4]), &iq3sGrid[iq3sIndex(b, 2*g)], (*[4]float32)(sign[:4]), scaled)
			signed4Weights((*[4]float32)(y[4:]), &iq3sGrid[iq3sIndex(b, 2*g+1)], (*[4]float32)(sign[4:]), scaled)
		}
	}
}

func unpackIQ3_S(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= iq3_sBytes; codes, scales, src = codes[256:], scales[8:], src[iq3_sBytes:] {
		b := (*[iq3_sBytes]byte)(src)
		d := f16(b[:])
		for s := range 8 {
			scales[s] = d * float32(1+2*nibbleOf(b[106:], s))
		}
		for g := range 32 {
			magnitudes := uint64(iq3sBytes[iq3sIndex(b, 2*g)]) | uint64(iq3sBytes[iq3sIndex(b, 2*g+1)])<<32
			store(codes[8*g:], signedCodes8(magnitudes, b[74+g])-48*each)
		}
	}
}

// iq3sIndex returns the point of the weights 4g … 4g+3.
func iq3sIndex(b *[iq3_sBytes]byte, g int) int {
	return int(b[2+g]) | int(bit(b[66:], g))<<8
}

// encodeIQ3_S gives ggml's bytes. Where it skips a sub-block of zeros, ggml does not move on in the grid and the signs:
// those of the later sub-blocks land too early, and such a block decodes to something else. See [Corrected].
func encodeIQ3_S(b []byte, x, w []float32) {
	d, subs := searchIQ3_S(b, x, w)
	next := 0
	for s, c := range subs {
		putIQ3_S(b, s, next, c, d)
		if !c.empty {
			next++
		}
	}
}

// encodeIQ3_SInPlace leaves every sub-block where it belongs.
func encodeIQ3_SInPlace(b []byte, x, w []float32) {
	d, subs := searchIQ3_S(b, x, w)
	for s, c := range subs {
		putIQ3_S(b, s, s, c, d)
	}
}

// searchIQ3_S starts a block and returns its scale and its sub-blocks.
func searchIQ3_S(b []byte, x, w []float32) (d float32, subs []latticeCodes) {
	search := latticeSearch{lattice: iq3sLattice(), size: 32, steps: 9, step: 0.2, redo: redoAllIfOff}
	var buffer [256]float32
	if w == nil {
		w = buffer[:]
		squares(w, x)
	}
	clear(b)
	subs, peak := search.block(x, w)
	d = peak / 31
	putF16(b, d*1.033) // the errors that the scales of the sub-blocks add are not symmetric
	return d, subs
}

// putIQ3_S writes sub-block s, its low bits and signs at place.
func putIQ3_S(b []byte, s, place int, c latticeCodes, d float32) {
	if c.empty {
		return
	}
	b[106+s/2] |= halfStep(inverse(d), c.scale, 15) << (s % 2 * 4)
	copy(b[74+4*place:], c.signs[:])
	for g, point := range c.points {
		b[2+8*place+g] = byte(point)
		b[66+s] |= byte(point >> 8 << g)
	}
}

func fieldsIQ3_S(b []byte) []Field {
	return []Field{
		scaleField("d", b, 0),
		field("grid", 2, 64, 64, func(g int) float64 { return float64(iq3sIndex((*[iq3_sBytes]byte)(b), g)) }),
		field("high", 66, 8, 64, func(g int) float64 { return float64(bit(b[66:], g)) }),
		byteField("signs", b, 74, 32),
		field("scales", 106, 4, 8, func(s int) float64 { return float64(nibbleOf(b[106:], s)) }),
	}
}
