package main

// unpackIQ3_S: d f16, the low bytes of 64 points of the grid, 8 bytes with one more bit for each, 32 bytes of signs, 4 bytes
// with the scales in their nibbles.
func unpackIQ3_S(p *panel) {
	points := p.lookUpGrid(grid{"IQ3_S", 4}, numbers{low: func(point int) int { return 2 + point },
		more: 1, high: func(point int) int { return 66*8 + point }})
	scales, d := p.column(94, 3), p.first() // d first takes an eighth longer at AVX2, as measured on Zen 5
	for b := range 8 {
		p.scale(b, 0, p.oddSteps(p.bits(scales, 4*b, 4), d, 1))
	}
	points.signedBlocks(74)
}
