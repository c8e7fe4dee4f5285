package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unpackIQ1_S: d f16, the low bytes of 32 points of the grid, 8 u16 with 4 × 3 more bits for the points, 3 bits of scale and
// a bit that makes the shift of the block negative.
func unpackIQ1_S(p *panel) {
	points := p.lookUpGrid(grid{"IQ1_S", 8}, numbers{low: func(point int) int { return 2 + point },
		more: 3, high: func(point int) int { return 34*8 + point/4*16 + point%4*3 }})
	d := p.first()
	words := p.keepAll(p.columns(34))
	for b := range 8 {
		word, at := words[b/2], b%2*16
		p.scale(b, 0, p.oddSteps(p.bits(word, at+12, 3), d, 0.125))
		points.shiftedBlock(b, word, at+15)
	}
}

// negativeShift returns what a set bit takes off each code, which has the positive shift: 2.
func (p *panel) negativeShift(v Op, bit int) reg.VecVirtual {
	x := p.register()
	p.VPSRAD(U8(31), p.shifted(v, bit-31), x)
	p.and(p.word(2*each), x, x)
	return x
}
