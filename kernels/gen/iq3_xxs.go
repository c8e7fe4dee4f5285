package main

// unpackIQ3_XXS: d f16, 64 points of the grid, 8 u32 with 4 × 7 signs and 4 bits of scale.
func unpackIQ3_XXS(p *panel) {
	points := p.lookUpGrid(grid{"IQ3_XXS", 4}, numbers{low: func(point int) int { return 2 + point }})
	d := p.first()
	for k := range 2 {
		for j, word := range p.columns(66 + 16*k) {
			p.scale(4*k+j, 0, p.halfSteps(p.bits(word, 28, 4), d, 0.5))
			signs := p.sevens(word)
			p.evenSigns(signs)
			points.signedBlock(4*k+j, signs)
		}
	}
}
