package main

// unpackQ6_K: 128 bytes with the low four bits of codes, where 64 hold 128 weights, 64 bytes with two more bits, 16 signed
// scales, d f16.
func unpackQ6_K(p *panel) {
	d := p.highHalf(p.column(194, 3))
	for i, c := range p.columns(192) {
		for j := range 4 {
			p.scale(2*i+j/2, j%2, p.product(p.signedByte(c, j), d))
		}
	}
	for k := range 4 {
		p.sixBits(4*(k/2), 4*(k%2), 64*(k/2)+16*(k%2), 128+16*k)
	}
}

// sixBits unpacks half of each of four blocks.
func (p *panel) sixBits(block, first, low, high int) {
	rest := p.columns(high)
	for n := range 2 {
		for j, c := range p.columns(low + 32*n) {
			x, y := p.low(c), p.high(c)
			p.merge(x, rest[j], 2*n-4, 0x30*each)
			p.merge(y, rest[j], 2*n, 0x30*each)
			p.code(block+n, first+j, x)
			p.code(block+2+n, first+j, y)
		}
	}
}
