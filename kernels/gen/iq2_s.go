package main

import . "github.com/mmcloughlin/avo/operand"

// unpackIQ2_S: d f16, the low bytes of 32 points of the grid, 32 bytes of signs, 8 bytes with two more bits for each point,
// 8 bytes with the scales of halves of blocks in their nibbles.
func unpackIQ2_S(p *panel) {
	points := p.lookUpGrid(grid{"IQ2_S", 8}, numbers{low: func(point int) int { return 2 + point },
		more: 2, high: func(point int) int { return 66*8 + 2*point }})
	p.nibbleScales(p.first(), p.columns(66))
	p.signedBlocks(points, 34)
}

// signedBlocks unpacks all blocks: a byte has the signs of eight weights.
func (p *panel) signedBlocks(points points, signs int) {
	if rows, ok := points.(*pointRows); ok {
		for b := range 8 {
			rows.signed(b, func(row int) Mem { return p.at(row, signs+4*b) })
		}
		return
	}
	for k := range 2 {
		for j, c := range p.columns(signs + 16*k) {
			p.signedBlock(4*k+j, points, c)
		}
	}
}
