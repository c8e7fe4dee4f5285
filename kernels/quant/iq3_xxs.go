package quant

import "encoding/binary"

// IQ3_XXS (ggml-common.h, block_iq3_xxs): 256 weights in 98 bytes, eight sub-blocks of 32,
// y = ±(d·(scale + 1/2)/2)·grid, four weights to a point of the grid of 256.
//
//	 0  d              f16
//	 2  grid           64 bytes
//	66  signs, scales  8 × u32; from the lowest bit 4 × 7 signs (see evenSigns) and 4 bits of scale
const iq3_xxsBytes = 2 + 64 + 32

func decodeIQ3_XXS(dst []float32, src []byte) {
	for ; len(src) >= iq3_xxsBytes; dst, src = dst[256:], src[iq3_xxsBytes:] {
		d := f16(src)
		for s := range 8 {
			y, points := (*[32]float32)(dst[32*s:]), (*[8]byte)(src[2+8*s:])
			word := binary.LittleEndian.Uint32(src[66+4*s:])
			scaled := d * (0.5 + float32(word>>28)) * 0.5
			for g := range 4 {
				sign := &signs[evenSigns(word)]
				word >>= 7
				signed4Weights((*[4]float32)(y[8*g:]), &iq3xxsGrid[points[2*g]], (*[4]float32)(sign[:4]), scaled)
				signed4Weights((*[4]float32)(y[8*g+4:]), &iq3xxsGrid[points[2*g+1]], (*[4]float32)(sign[4:]), scaled)
			}
		}
	}
}

func unpackIQ3_XXS(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= iq3_xxsBytes; codes, scales, src = codes[256:], scales[8:], src[iq3_xxsBytes:] {
		b := (*[iq3_xxsBytes]byte)(src)
		d := f16(b[:])
		for s := range 8 {
			points := (*[8]byte)(b[2+8*s:])
			word := binary.LittleEndian.Uint32(b[66+4*s:])
			scales[s] = d * (0.5 + float32(word>>28)) * 0.5
			for g := range 4 {
				magnitudes := uint64(iq3xxsBytes[points[2*g]]) | uint64(iq3xxsBytes[points[2*g+1]])<<32
				store(codes[32*s+8*g:], signedCodes8(magnitudes, evenSigns(word)))
				word >>= 7
			}
		}
	}
}

func encodeIQ3_XXS(b []byte, x, w []float32) {
	search := latticeSearch{lattice: iq3xxsLattice(), size: 32, steps: 15, step: 0.2, epsilon: 1e-8, even: true}
	var buffer [256]float32
	if w == nil {
		w = buffer[:]
		squares(w, x)
	}
	clear(b)
	subs, peak := search.block(x, w)
	if peak == 0 {
		return
	}
	d := peak / 31
	putF16(b, d*1.0125)
	for s, c := range subs {
		word := uint32(halfStep(1/d, c.scale, 15)) << 28
		for g, signs := range c.signs {
			word |= uint32(signs&127) << (7 * g)
		}
		binary.LittleEndian.PutUint32(b[66+4*s:], word)
		for g, point := range c.points {
			b[2+8*s+g] = byte(point)
		}
	}
}

func fieldsIQ3_XXS(b []byte) []Field {
	word := func(s int) uint32 { return binary.LittleEndian.Uint32(b[66+4*s:]) }
	return []Field{
		scaleField("d", b, 0),
		byteField("grid", b, 2, 64),
		field("signs", 66, 32, 32, func(g int) float64 { return float64(evenSigns(word(g/4) >> (7 * (g % 4)))) }),
		field("scales", 66, 32, 8, func(s int) float64 { return float64(word(s) >> 28) }),
	}
}
