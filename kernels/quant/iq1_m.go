package quant

import "encoding/binary"

// IQ1_M (ggml-common.h, block_iq1_m): 256 weights in 56 bytes, sixteen sub-blocks of 16,
// y = (d·(2·scale + 1))·(grid + shift), points as in IQ1_S.
//
//	 0  grid          32 bytes, the low eight bits of the points
//	32  high, shifts  16 bytes, nibbles, lowest first: 3 more bits for each point, and one bit that makes its shift −1/8
//	                  instead of 1/8
//	48  scales, d     4 × u16; from the lowest bit 4 × 3 bits of scale, and four bits of d, an f16, lowest first
const iq1_mBytes = 32 + 16 + 8

func decodeIQ1_M(dst []float32, src []byte) {
	for ; len(src) >= iq1_mBytes; dst, src = dst[256:], src[iq1_mBytes:] {
		b := (*[iq1_mBytes]byte)(src)
		d := iq1mScale(b[48:])
		for g := range 32 {
			high := nibbleOf(b[32:], g)
			scaled := d * float32(2*threeBitsOf(b[48:], g/2)+1)
			shiftedWeights((*[8]float32)(dst[8*g:]), &iq1sGrid[int(b[g])|int(high&7)<<8], iq1Shift(uint16(high>>3)), scaled)
		}
	}
}

// iq1mScale gathers d from the highest nibbles of the four words of scales.
func iq1mScale(scales []byte) float32 {
	words := binary.LittleEndian.Uint64(scales)
	return F16ToF32(uint16(words>>12&0xf | words>>24&0xf0 | words>>36&0xf00 | words>>48&0xf000))
}

// threeBitsOf returns the scale of sub-block s (0 … 15).
func threeBitsOf(scales []byte, s int) byte {
	word := binary.LittleEndian.Uint16(scales[s/4*2:])
	return byte(word>>(s%4*3)) & 7
}

func fieldsIQ1_M(b []byte) []Field {
	high := func(g int) byte { return nibbleOf(b[32:], g) }
	return []Field{
		field("grid", 0, 32, 32, func(g int) float64 { return float64(uint16(b[g]) | uint16(high(g)&7)<<8) }),
		field("high", 32, 16, 32, func(g int) float64 { return float64(high(g) & 7) }),
		field("shifts", 32, 16, 32, func(g int) float64 { return float64(iq1Shift(uint16(high(g) >> 3))) }),
		field("scales", 48, 8, 16, func(s int) float64 { return float64(threeBitsOf(b[48:], s)) }),
		field("d", 48, 8, 1, func(int) float64 { return float64(iq1mScale(b[48:])) }),
	}
}
