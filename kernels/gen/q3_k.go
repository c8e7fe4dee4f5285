package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unpackQ3_K: 32 bytes with a third bit of each code, bit b of byte i that of weight i of block b, 64 bytes in planes of
// two bits, 12 bytes of scales, d f16. The codes become 128 − (scale − 32)·(code − 4), and the scale −d.
func unpackQ3_K(p *panel) {
	scales := p.subScales()
	for k := range 4 {
		half, part := k/2, k%2
		third := p.keepAll(p.columns(16 * part))
		codes := p.columns(32 + 16*k)
		for plane := range 4 {
			s := 8*half + 2*plane + part
			p.factoredFour(4*half+plane, 4*part, p.factor(scales[s/4], s%4), func(j int) reg.VecVirtual {
				x := p.field(codes[j], 2*plane, 3*each)
				p.merge(x, third[j], 4*half+plane-2, 4*each)
				return x
			})
		}
	}
}

// subScales sets the scales and returns those of the 16 sub-blocks, as signed bytes. In the file their low nibbles are in
// the first eight bytes, and two more bits of each in the last four.
func (p *panel) subScales() (scales [4]Op) {
	z := p.load(94)
	for _, x := range z {
		p.VPSRLDQ(U8(2), x, x)
	}
	c := p.turn(z)
	p.scaleAll(8, p.negative(p.half(c[3])))
	for g := range scales {
		s := p.field(c[g%2], g/2*4, 0x0f*each)
		p.merge(s, c[2], 2*g-4, 0x30*each)
		p.VPSUBB(p.word(0x20*each), s, s)
		scales[g] = p.keep(s)
	}
	return scales
}

// factor returns signed byte j of each lane as two words.
func (p *panel) factor(scales Op, j int) reg.VecVirtual {
	s := p.fromByte(scales, j, words)
	p.VPSLLW(U8(8), s, s)
	p.VPSRAW(U8(8), s, s)
	return s
}
