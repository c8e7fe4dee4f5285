package main

// unpackQ4_1: d and m f16, 16 bytes of nibbles as in Q4_0.
func unpackQ4_1(p *panel) {
	head := p.column(0, 0)
	p.scale(0, 0, p.half(head))
	p.minimum(0, 0, p.negative(p.highHalf(head)))
	for j, c := range p.columns(4) {
		p.code(0, j, p.low(c))
		p.code(0, 4+j, p.high(c))
	}
}
