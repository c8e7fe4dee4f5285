package main

// unpackIQ2_S: d f16, the low bytes of 32 points of the grid, 32 bytes of signs, 8 bytes with two more bits for each point,
// 8 bytes with the scales of halves of blocks in their nibbles.
func unpackIQ2_S(p *panel) {
	points := p.lookUpGrid(grid{"IQ2_S", 8}, numbers{low: func(point int) int { return 2 + point },
		more: 2, high: func(point int) int { return 66*8 + 2*point }})
	p.nibbleScales(p.first(), p.columns(66))
	points.signedBlocks(34)
}
