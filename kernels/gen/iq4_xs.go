package main

// unpackIQ4_XS: d f16, u16 with two high bits of each scale, 4 bytes with their low nibbles, 128 bytes with the nibbles of
// a block in every 16, as in IQ4_NL.
func unpackIQ4_XS(p *panel) {
	head := p.columns(0)
	d := p.half(head[0])
	for b := range 8 {
		scale := p.bits(head[1], 4*b, 4)
		p.merge(scale, head[0], 16+2*b-4, 0x30)
		p.VPSUBD(p.word(32), scale, scale)
		p.scale(b, 0, p.product(scale, d))
	}
	for pair := range 4 {
		for half, c := range p.halves(8 + 32*pair) {
			p.lookUpBlock(2*pair+half, c, nonlinear)
		}
	}
}
