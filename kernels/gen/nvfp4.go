package main

import (
	"math"

	"github.com/mmcloughlin/avo/reg"
)

// unpackNVFP4: 4 scales in E4M3, 32 bytes with the nibbles of 16 weights in every 8, those of the first 8 low.
func unpackNVFP4(p *panel) {
	scales := p.without(p.column(0, 0), 0x7f) // NaN in E4M3
	for s := range 4 {
		p.scale(s/2, s%2, p.halfE4M3(scales, s))
	}
	for b := range 2 {
		for i, c := range p.columns(4 + 16*b) {
			j := i/2*4 + i%2
			p.code(b, j, p.lookUp(p.low(c), twiceE2M1))
			p.code(b, j+2, p.lookUp(p.high(c), twiceE2M1))
		}
	}
}

// halfE4M3 returns half the E4M3 number in the low seven bits of byte j. The same bits in an f16 are 2⁻⁷ of that.
func (p *panel) halfE4M3(bytes reg.VecVirtual, j int) reg.VecVirtual {
	x := p.half(p.field(bytes, 8*j-7, 0x7f<<7))
	p.VMULPS(p.word(math.Float32bits(1<<7)), x, x)
	return x
}
