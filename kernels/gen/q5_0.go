package main

import "github.com/mmcloughlin/avo/reg"

// unpackQ5_0: d f16, u32 with a fifth bit of each code, 16 bytes of nibbles as in Q4_0.
func unpackQ5_0(p *panel) {
	head := p.columns(0)
	high := p.shifted(head[0], 16)
	p.or(p.shifted(head[1], -16), high, high)
	p.scale(0, 0, p.half(head[0]))
	p.fiveBits(p.columns(6), high)
}

// fiveBits unpacks the codes of Q5_0 and Q5_1.
func (p *panel) fiveBits(codes [4]reg.VecVirtual, fifth reg.VecVirtual) {
	large := p.bitMasks(fifth)
	for j, c := range codes {
		x, y := p.low(c), p.high(c)
		p.addWhere(large(j), 0x10*each, x)
		p.addWhere(large(4+j), 0x10*each, y)
		p.code(0, j, x)
		p.code(0, 4+j, y)
	}
}
