package main

// unpackTQ2_0: 64 bytes in planes of two bits, d f16.
func unpackTQ2_0(p *panel) {
	p.scaleAll(8, p.highHalf(p.column(50, 3)))
	for k := range 4 {
		for j, c := range p.columns(16 * k) {
			for plane := range 4 {
				p.code(k/2*4+plane, k%2*4+j, p.field(c, 2*plane, 3*each))
			}
		}
	}
}
