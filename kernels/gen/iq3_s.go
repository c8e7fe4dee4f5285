package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unpackIQ3_S: d f16, the low bytes of 64 points of the grid, 8 bytes with one more bit for each, 32 bytes of signs, 4 bytes
// with the scales in their nibbles.
func unpackIQ3_S(p *panel) {
	points := p.lookUpGrid(grid{"gridIQ3_S", 4}, func(row reg.Register, g int, i, j reg.GPVirtual) {
		p.MOVBLZX(Mem{Base: row, Disp: 2 + g}, i.As32())
		p.highBits(i, j, Mem{Base: row, Disp: 66 + g/8}, g%8, 1)
	})
	d, scales := p.half(p.column(0, 0)), p.column(94, 3)
	for b := range 8 {
		p.scale(b, 0, p.oddSteps(p.bits(scales, 4*b, 4), d, 1))
	}
	p.signedBlocks(points, 74)
}
