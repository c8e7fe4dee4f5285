package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unpackIQ2_S: d f16, the low bytes of 32 points of the grid, 32 bytes of signs, 8 bytes with two more bits for each point,
// 8 bytes with the scales of halves of blocks in their nibbles.
func unpackIQ2_S(p *panel) {
	points := p.lookUpGrid(grid{"gridIQ2_S", 8}, func(row reg.Register, g int, i, j reg.GPVirtual) {
		p.MOVBLZX(Mem{Base: row, Disp: 2 + g}, i.As32())
		p.highBits(i, j, Mem{Base: row, Disp: 66 + g/4}, g%4*2, 2)
	})
	p.nibbleScales(p.half(p.column(0, 0)), p.columns(66))
	p.signedBlocks(points, 34)
}

// signedBlocks unpacks all blocks: a byte has the signs of eight weights.
func (p *panel) signedBlocks(points *rows, signs int) {
	for k := range 2 {
		for j, c := range p.columns(signs + 16*k) {
			p.signedBlock(4*k+j, points, c)
		}
	}
}
