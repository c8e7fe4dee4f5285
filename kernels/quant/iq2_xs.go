package quant

import "encoding/binary"

// IQ2_XS (ggml-common.h, block_iq2_xs): 256 weights in 74 bytes, sixteen sub-blocks of 16,
// y = ±(d·(scale + 1/2)/4)·grid, eight weights to a point of the grid of 512.
//
//	 0  d            f16
//	 2  grid, signs  32 × u16; low nine bits the point, high seven bits the signs (see evenSigns)
//	66  scales       8 bytes, nibbles, lowest first
const iq2_xsBytes = 2 + 64 + 8

func decodeIQ2_XS(dst []float32, src []byte) {
	for ; len(src) >= iq2_xsBytes; dst, src = dst[256:], src[iq2_xsBytes:] {
		b := (*[iq2_xsBytes]byte)(src)
		d := f16(b[:])
		for g := range 32 {
			word := binary.LittleEndian.Uint16(b[2+2*g:])
			scaled := d * (0.5 + float32(nibbleOf(b[66:], g/2))) * 0.25
			signed8Weights((*[8]float32)(dst[8*g:]), &iq2xsGrid[word&511], &signs[evenSigns(uint32(word>>9))], scaled)
		}
	}
}

func unpackIQ2_XS(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= iq2_xsBytes; codes, scales, src = codes[256:], scales[16:], src[iq2_xsBytes:] {
		b := (*[iq2_xsBytes]byte)(src)
		unpackNibbleScales((*[16]float32)(scales), f16(b[:]), (*[8]byte)(b[66:]))
		for g := range 32 {
			word := binary.LittleEndian.Uint16(b[2+2*g:])
			store(codes[8*g:], signedCodes8(iq2xsBytes[word&511], evenSigns(uint32(word>>9))))
		}
	}
}

// unpackNibbleScales computes the scales of IQ2_XS and IQ2_S.
func unpackNibbleScales(scales *[16]float32, d float32, nibbles *[8]byte) {
	for i, n := range nibbles {
		scales[2*i] = d * (0.5 + float32(n&15)) * 0.25
		scales[2*i+1] = d * (0.5 + float32(n>>4)) * 0.25
	}
}

func encodeIQ2_XS(b []byte, x, w []float32) {
	search := latticeSearch{lattice: iq2xsLattice(), size: 16, steps: 9, step: 0.1, epsilon: 1e-15, even: true}
	clear(b)
	subs, peak := search.block(x, w)
	if peak == 0 {
		return
	}
	d := peak / 31
	putF16(b, d)
	for s, c := range subs {
		b[66+s/2] |= halfStep(1/d, c.scale, 15) << (s % 2 * 4)
		for g, point := range c.points[:2] {
			binary.LittleEndian.PutUint16(b[2+4*s+2*g:], uint16(point)|uint16(c.signs[g]&127)<<9)
		}
	}
}

func fieldsIQ2_XS(b []byte) []Field {
	word := func(g int) uint16 { return binary.LittleEndian.Uint16(b[2+2*g:]) }
	return []Field{
		scaleField("d", b, 0),
		field("grid", 2, 64, 32, func(g int) float64 { return float64(word(g) & 511) }),
		field("signs", 2, 64, 32, func(g int) float64 { return float64(evenSigns(uint32(word(g) >> 9))) }),
		field("scales", 66, 8, 16, func(s int) float64 { return float64(nibbleOf(b[66:], s)) }),
	}
}
