package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unpackQ2_K: 16 bytes with a scale and a minimum in their nibbles, 64 bytes in planes of two bits, d and dmin f16. Codes
// are multiplied by their scales.
func unpackQ2_K(p *panel) {
	ends := p.column(68, 3)
	d, dmin := p.half(ends), p.byteFactors(p.highHalf(ends))
	bytes := p.columns(0)
	for b := range 8 {
		p.scale(b, 0, d)
		mins := p.high(bytes[b/2])
		for half := range 2 {
			p.minimum(b, half, p.byteTimes(mins, b%2*2+half, dmin))
		}
	}
	var scales [4]Op
	for i, s := range bytes {
		scales[i] = p.keep(p.low(s))
	}
	for half := range 2 {
		for part, codes := range p.halves(16 + 32*half) {
			for plane := range 4 {
				s := 8*half + 2*plane + part
				factor := p.fromByte(scales[s/4], s%4, words)
				p.factored(4*half+plane, 4*part, factor, func(j int) reg.VecVirtual {
					return p.field(codes[j], 2*plane, 3*each) // no byte of the product is above 45
				})
			}
		}
	}
}
