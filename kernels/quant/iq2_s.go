package quant

// IQ2_S (ggml-common.h, block_iq2_s): 256 weights in 82 bytes, sixteen sub-blocks of 16,
// y = ±(d·(scale + 1/2)/4)·grid, eight weights to a point of the grid of 1024.
//
//	 0  d       f16
//	 2  grid    32 bytes, the low eight bits of the points
//	34  signs   32 bytes
//	66  high    8 bytes, two more bits for each point, lowest first
//	74  scales  8 bytes, nibbles, lowest first
const iq2_sBytes = 2 + 32 + 32 + 8 + 8

func decodeIQ2_S(dst []float32, src []byte) {
	for ; len(src) >= iq2_sBytes; dst, src = dst[256:], src[iq2_sBytes:] {
		b := (*[iq2_sBytes]byte)(src)
		d := f16(b[:])
		for g := range 32 {
			scaled := d * (0.5 + float32(nibbleOf(b[74:], g/2))) * 0.25
			signed8Weights((*[8]float32)(dst[8*g:]), &iq2sGrid[iq2sIndex(b, g)], &signs[b[34+g]], scaled)
		}
	}
}

func unpackIQ2_S(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= iq2_sBytes; codes, scales, src = codes[256:], scales[16:], src[iq2_sBytes:] {
		b := (*[iq2_sBytes]byte)(src)
		unpackNibbleScales((*[16]float32)(scales), f16(b[:]), (*[8]byte)(b[74:]))
		for g := range 32 {
			store(codes[8*g:], signedCodes8(iq2sBytes[iq2sIndex(b, g)], b[34+g]))
		}
	}
}

// iq2sIndex returns the point of the weights 8g … 8g+7.
func iq2sIndex(b *[iq2_sBytes]byte, g int) int {
	return int(b[2+g]) | int(b[66+g/4]>>(g%4*2)&3)<<8
}

func encodeIQ2_S(b []byte, x, w []float32) {
	search := latticeSearch{lattice: iq2sLattice(), size: 16, steps: 9, step: 0.1, epsilon: 1e-8}
	var buffer [256]float32
	if w == nil {
		w = buffer[:]
		quarterVariance := float32(0.25 * (2 * sumSquares(x) / 256))
		for i, v := range x {
			w[i] = quarterVariance + float32(v*v)
		}
	}
	clear(b)
	subs, peak := search.block(x, w)
	d := peak / 31
	putF16(b, d*0.9875) // the errors that the scales of the sub-blocks add are not symmetric
	for s, c := range subs {
		b[74+s/2] |= halfStep(inverse(d), c.scale, 15) << (s % 2 * 4)
		for g, point := range c.points[:2] {
			g, signs := 2*s+g, c.signs[g]
			b[2+g], b[34+g] = byte(point), signs
			b[66+g/4] |= byte(point >> 8 << (g % 4 * 2))
		}
	}
}

func fieldsIQ2_S(b []byte) []Field {
	return []Field{
		scaleField("d", b, 0),
		field("grid", 2, 32, 32, func(g int) float64 { return float64(iq2sIndex((*[iq2_sBytes]byte)(b), g)) }),
		byteField("signs", b, 34, 32),
		field("high", 66, 8, 32, func(g int) float64 { return float64(b[66+g/4] >> (g % 4 * 2) & 3) }),
		field("scales", 74, 8, 16, func(s int) float64 { return float64(nibbleOf(b[74:], s)) }),
	}
}
