package main

// unpackQ1_0: d f16, 16 bytes with a bit for each weight, the lowest first. Code 2 is 1, and code 0 is −1.
func unpackQ1_0(p *panel) {
	p.scaleAll(4, p.first())
	for b, c := range p.columns(2) {
		positive := p.bitMasks(c)
		for j := range 8 {
			p.code(b, j, p.where(positive(j), 2*each))
		}
	}
}
