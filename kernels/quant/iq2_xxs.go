package quant

import "encoding/binary"

// IQ2_XXS (ggml-common.h, block_iq2_xxs): 256 weights in 66 bytes, eight sub-blocks of 32,
// y = ±(d·(scale + 1/2)/4)·grid, eight weights to a point of the grid of 256.
//
//	0  d  f16
//	2  for every sub-block 8 bytes: 4 × u8, its points; then u32, from the lowest bit 4 × 7 signs (see evenSigns)
//	   and 4 bits of scale
const iq2_xxsBytes = 2 + 64

func decodeIQ2_XXS(dst []float32, src []byte) {
	for ; len(src) >= iq2_xxsBytes; dst, src = dst[256:], src[iq2_xxsBytes:] {
		d := f16(src)
		for s := range 8 {
			y, sub := (*[32]float32)(dst[32*s:]), (*[8]byte)(src[2+8*s:])
			word := binary.LittleEndian.Uint32(sub[4:])
			scaled := d * (0.5 + float32(word>>28)) * 0.25
			for g := range 4 {
				signed8Weights((*[8]float32)(y[8*g:]), &iq2xxsGrid[sub[g]], &signs[evenSigns(word)], scaled)
				word >>= 7
			}
		}
	}
}

func unpackIQ2_XXS(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= iq2_xxsBytes; codes, scales, src = codes[256:], scales[8:], src[iq2_xxsBytes:] {
		b := (*[iq2_xxsBytes]byte)(src)
		d := f16(b[:])
		for s := range 8 {
			sub := (*[8]byte)(b[2+8*s:])
			word := binary.LittleEndian.Uint32(sub[4:])
			scales[s] = d * (0.5 + float32(word>>28)) * 0.25
			for g, point := range sub[:4] {
				store(codes[32*s+8*g:], signedCodes8(iq2xxsBytes[point], evenSigns(word)))
				word >>= 7
			}
		}
	}
}

func encodeIQ2_XXS(b []byte, x, w []float32) {
	search := latticeSearch{lattice: iq2xxsLattice(), size: 32, steps: 6, step: 0.1, epsilon: 1e-15,
		even: true, fitted: true, redo: redoAll}
	clear(b)
	subs, peak := search.block(x, w)
	if peak == 0 {
		return
	}
	d := peak / 31
	putF16(b, d)
	for s, c := range subs {
		sub := b[2+8*s:]
		word := uint32(halfStep(1/d, c.scale, 15)) << 28
		for g, signs := range c.signs {
			sub[g] = byte(c.points[g])
			word |= uint32(signs&127) << (7 * g)
		}
		binary.LittleEndian.PutUint32(sub[4:], word)
	}
}

func fieldsIQ2_XXS(b []byte) []Field {
	word := func(s int) uint32 { return binary.LittleEndian.Uint32(b[2+8*s+4:]) }
	return []Field{
		scaleField("d", b, 0),
		field("grid", 2, 64, 32, func(g int) float64 { return float64(b[2+8*(g/4)+g%4]) }),
		field("signs", 2, 64, 32, func(g int) float64 { return float64(evenSigns(word(g/4) >> (7 * (g % 4)))) }),
		field("scales", 2, 64, 8, func(s int) float64 { return float64(word(s) >> 28) }),
	}
}
