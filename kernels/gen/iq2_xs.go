package main

import "github.com/mmcloughlin/avo/reg"

// unpackIQ2_XS: d f16, 32 u16 with nine bits of a point of the grid and seven signs, 8 bytes with the scales of halves of
// blocks in their nibbles.
func unpackIQ2_XS(p *panel) {
	points := p.lookUpGrid(grid{"IQ2_XS", 8}, numbers{low: func(point int) int { return 2 + 2*point },
		more: 1, high: func(point int) int { return (3 + 2*point) * 8 }})
	p.nibbleScales(p.first(), p.columns(58))
	for k := range 4 {
		c := p.columns(2 + 16*k)
		for half := range 2 {
			first, second := c[2*half], c[2*half+1]
			signs := p.field(first, 9, 0x7f)
			p.merge(signs, first, 17, 0x7f<<8)
			p.merge(signs, second, -7, 0x7f<<16)
			p.merge(signs, second, 1, 0x7f<<24)
			p.evenSigns(signs)
			points.signedBlock(2*k+half, signs)
		}
	}
}

// nibbleScales sets the scales of IQ2_XS and IQ2_S, whose nibbles are in the last eight bytes of the block.
func (p *panel) nibbleScales(d reg.VecVirtual, last [4]reg.VecVirtual) {
	for s := range 16 {
		p.scale(s/2, s%2, p.halfSteps(p.bits(last[2+s/8], s%8*4, 4), d, 0.25))
	}
}
