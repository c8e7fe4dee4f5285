package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// twiceE2M1 has the codes of the nibbles of MXFP4 and NVFP4: twice their values, plus 12.
var twiceE2M1 = constant{12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0}

// unpackMXFP4: an exponent, 16 bytes of nibbles as in Q4_0.
func unpackMXFP4(p *panel) {
	p.scale(0, 0, p.halfE8M0(p.bits(p.column(0, 0), 0, 8)))
	c := p.columns(1)
	p.lookUpBlock(0, c[:], twiceE2M1)
}

// halfE8M0 returns 2^(e−128). Those of 0 and 1 are subnormal.
func (p *panel) halfE8M0(e reg.VecVirtual) reg.VecVirtual {
	x, y := p.register(), p.register()
	p.VPSUBD(p.word(1), e, x)
	p.VPSLLD(U8(23), x, x)
	p.VPADDD(p.word(1), e, y)
	p.VPSLLD(U8(21), y, y) // more than x for 0 and 1 alone, and their bits
	p.VPMAXSD(y, x, x)
	return x
}
