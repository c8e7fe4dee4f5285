package main

// unpackQ4_0: d f16, 16 bytes with the codes of weights 0 … 15 in the low nibbles and 16 … 31 in the high ones.
func unpackQ4_0(p *panel) {
	p.scale(0, 0, p.first())
	for j, c := range p.columns(2) {
		p.code(0, j, p.low(c))
		p.code(0, 4+j, p.high(c))
	}
}
