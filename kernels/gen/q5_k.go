package main

import . "github.com/mmcloughlin/avo/operand"

// unpackQ5_K: as Q4_K, but that 32 bytes with a fifth bit of each code come before the nibbles: bit b of byte i belongs to
// weight i of block b.
func unpackQ5_K(p *panel) {
	p.scaleMins()
	fifth := [2][4]Op{p.keepAll(p.columns(16)), p.keepAll(p.columns(32))}
	for k := range 4 {
		for half := range 2 {
			for j, c := range p.columns(48 + 32*k + 16*half) {
				x, y := p.low(c), p.high(c)
				p.merge(x, fifth[half][j], 2*k-4, 0x10*each)
				p.merge(y, fifth[half][j], 2*k-3, 0x10*each)
				p.code(2*k, 4*half+j, x)
				p.code(2*k+1, 4*half+j, y)
			}
		}
	}
}
