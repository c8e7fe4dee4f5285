package main

// unpackQ5_K: as Q4_K, but that 32 bytes with a fifth bit of each code come before the nibbles: bit b of byte i belongs to
// weight i of block b.
func unpackQ5_K(p *panel) {
	p.scaleMins()
	fifth := p.keepEach(16)
	for k := range 4 {
		for j, c := range p.each(48 + 32*k) {
			x, y := p.low(c), p.high(c)
			p.merge(x, fifth[j], 2*k-4, 0x10*each)
			p.merge(y, fifth[j], 2*k-3, 0x10*each)
			p.code(2*k, j, x)
			p.code(2*k+1, j, y)
		}
	}
}
