package main

// unpackQ8_0: d f16, 32 signed bytes, which become unsigned.
func unpackQ8_0(p *panel) {
	p.scale(0, 0, p.half(p.column(0, 0)))
	for k := range 2 {
		for j, c := range p.columns(2 + 16*k) {
			p.code(0, 4*k+j, p.unsigned(c))
		}
	}
}
