package quant

import "encoding/binary"

// IQ1_S (ggml-common.h, block_iq1_s): 256 weights in 50 bytes, eight sub-blocks of 32,
// y = (d·(2·scale + 1))·(grid + shift), eight weights to a point of the grid of 2048, whose levels are −1, 0, 1.
//
//	 0  d                     f16
//	 2  grid                  32 bytes, the low eight bits of the points
//	34  high, scales, shifts  8 × u16; from the lowest bit 4 × 3 more bits for each point, 3 bits of scale, and one bit
//	                          that makes the shift −1/8 instead of 1/8
const iq1_sBytes = 2 + 32 + 16

func decodeIQ1_S(dst []float32, src []byte) {
	for ; len(src) >= iq1_sBytes; dst, src = dst[256:], src[iq1_sBytes:] {
		b := (*[iq1_sBytes]byte)(src)
		d := f16(b[:])
		for s := range 8 {
			word := binary.LittleEndian.Uint16(b[34+2*s:])
			scaled, shift := d*float32(2*(word>>12&7)+1), iq1Shift(word>>15)
			for g := 4 * s; g < 4*s+4; g++ {
				shiftedWeights((*[8]float32)(dst[8*g:]), &iq1sGrid[int(b[2+g])|int(word&7)<<8], shift, scaled)
				word >>= 3
			}
		}
	}
}

// iq1Shift returns the shift of a stored bit.
func iq1Shift(negative uint16) float32 { return 0.125 - 0.25*float32(negative) }

// shiftedWeights decodes the eight weights of a point of IQ1_S and IQ1_M.
func shiftedWeights(y, grid *[8]float32, shift, d float32) {
	for j := range y {
		y[j] = d * (grid[j] + shift)
	}
}

func fieldsIQ1_S(b []byte) []Field {
	word := func(s int) uint16 { return binary.LittleEndian.Uint16(b[34+2*s:]) }
	high := func(g int) uint16 { return word(g/4) >> (g % 4 * 3) & 7 }
	return []Field{
		scaleField("d", b, 0),
		field("grid", 2, 32, 32, func(g int) float64 { return float64(uint16(b[2+g]) | high(g)<<8) }),
		field("high", 34, 16, 32, func(g int) float64 { return float64(high(g)) }),
		field("scales", 34, 16, 8, func(s int) float64 { return float64(word(s) >> 12 & 7) }),
		field("shifts", 34, 16, 8, func(s int) float64 { return float64(iq1Shift(word(s) >> 15)) }),
	}
}
