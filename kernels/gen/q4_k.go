package main

import "github.com/mmcloughlin/avo/reg"

// unpackQ4_K: d and dmin f16, 12 bytes of scales and minima, 128 bytes in which 32 hold 64 weights.
func unpackQ4_K(p *panel) {
	p.scaleMins()
	for k := range 4 {
		for j, c := range p.each(16 + 32*k) {
			p.code(2*k, j, p.low(c))
			p.fieldCode(2*k+1, j, c, 4, 0x0f*each)
		}
	}
}

// scaleMins unpacks the 16 bytes that Q4_K and Q5_K begin with. The first four scales and minima are the low six bits of
// bytes 4 … 7 and 8 … 11; of the others the low four bits are in bytes 12 … 15, and the high two in what is left there.
func (p *panel) scaleMins() {
	head := p.columns(0)
	d, dmin := p.byteFactors(p.half(head[0])), p.byteFactors(p.highHalf(head[0]))
	scales, mins, rest := head[1], head[2], head[3]
	for k, codes := range [][2]reg.VecVirtual{
		{p.field(scales, 0, 0x3f*each), p.field(mins, 0, 0x3f*each)},
		{p.low(rest), p.high(rest)},
	} {
		if k == 1 {
			p.merge(codes[0], scales, 2, 0x30*each)
			p.merge(codes[1], mins, 2, 0x30*each)
		}
		for j := range 4 {
			p.scale(4*k+j, 0, p.byteTimes(codes[0], j, d))
			p.minimum(4*k+j, 0, p.byteTimes(codes[1], j, dmin))
		}
	}
}
