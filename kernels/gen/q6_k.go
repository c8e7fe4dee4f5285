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
	for half := range 2 {
		for _, at := range p.runs() {
			p.sixBits(4*half, at, 64*half+4*at, 128+32*half+4*at)
		}
	}
}

// sixBits unpacks a run of codes, from the first on, of four blocks.
func (p *panel) sixBits(block, first, low, high int) {
	rest := p.words(high)
	for n := range 2 {
		for i, c := range p.words(low + 32*n) {
			x, y := p.low(c), p.high(c)
			p.merge(x, rest[i], 2*n-4, 0x30*each)
			p.merge(y, rest[i], 2*n, 0x30*each)
			p.code(block+n, first+i, x)
			p.code(block+2+n, first+i, y)
		}
	}
}
