package main

import "github.com/mmcloughlin/avo/reg"

// unpackIQ2_XXS: d f16, for each block 4 points of the grid, and u32 with 4 × 7 signs and 4 bits of scale.
func unpackIQ2_XXS(p *panel) {
	points := p.lookUpGrid(grid{"IQ2_XXS", 8}, numbers{low: func(point int) int { return 2 + point/4*8 + point%4 }})
	d := p.first()
	for k := range 4 {
		for half, word := range everyOther(p.columns(2 + 16*k)) {
			p.scale(2*k+half, 0, p.halfSteps(p.bits(word, 28, 4), d, 0.25))
			signs := p.sevens(word)
			p.evenSigns(signs)
			points.signedBlock(2*k+half, signs)
		}
	}
}

// everyOther returns the columns of the second word in each pair.
func everyOther(c [4]reg.VecVirtual) [2]reg.VecVirtual { return [2]reg.VecVirtual{c[1], c[3]} }
