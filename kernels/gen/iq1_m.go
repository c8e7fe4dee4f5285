package main

import "github.com/mmcloughlin/avo/reg"

// unpackIQ1_M: the low bytes of 32 points of the grid, 16 bytes whose nibbles have three more bits and one that makes the
// point's shift negative, 4 u16 with 4 × 3 bits of scale, for halves of blocks, and four bits of d f16.
func unpackIQ1_M(p *panel) {
	points := p.lookUpGrid(grid{"IQ1_S", 8}, numbers{low: func(point int) int { return point },
		more: 3, high: func(point int) int { return 32*8 + 4*point }})
	last := p.columns(40)
	p.gatheredScales(last[2], last[3])
	nibbles := p.keepAll(p.columns(32))
	for b := range 8 {
		at := b % 2 * 16
		points.shiftedBlock(b, nibbles[b/2], at+3, at+7, at+11, at+15)
	}
}

// gatheredScales sets the scales, whose d is in the highest four bits of each u16.
func (p *panel) gatheredScales(first, second reg.VecVirtual) {
	bits := p.field(first, 12, 0xf)
	p.merge(bits, first, 24, 0xf0)
	p.merge(bits, second, 4, 0xf00)
	p.merge(bits, second, 16, 0xf000)
	d := p.half(bits)
	for s := range 16 {
		word := [2]reg.VecVirtual{first, second}[s/8]
		p.scale(s/2, s%2, p.oddSteps(p.bits(word, s/4%2*16+s%4*3, 3), d, 0.125))
	}
}
