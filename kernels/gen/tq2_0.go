package main

// unpackTQ2_0: 64 bytes in planes of two bits, d f16.
func unpackTQ2_0(p *panel) {
	p.scaleAll(8, p.highHalf(p.column(50, 3)))
	for half := range 2 {
		for j, c := range p.each(32 * half) {
			for plane := range 4 {
				p.fieldCode(4*half+plane, j, c, 2*plane, 3*each)
			}
		}
	}
}
