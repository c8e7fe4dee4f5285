package main

// unpackIQ2_S: d f16, the low bytes of 32 points of the grid, 32 bytes of signs, 8 bytes with two more bits for each point,
// 8 bytes with the scales of halves of blocks in their nibbles.
func unpackIQ2_S(p *panel) {
	points := p.lookUpGrid(grid{"gridIQ2_S", 8}, p.longNumbers(32, 2, 2, func(point int) int { return 66*8 + 2*point }))
	p.nibbleScales(p.first(), p.columns(66))
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
