package main

import "github.com/mmcloughlin/avo/reg"

// nonlinear has the codes of the nibbles of IQ4_NL and IQ4_XS: their values plus 128.
var nonlinear = constant{1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241}

// unpackIQ4_NL: d f16, 16 bytes of nibbles as in Q4_0, which stand for other numbers.
func unpackIQ4_NL(p *panel) {
	p.scale(0, 0, p.first())
	c := p.columns(2)
	p.lookUpBlock(0, c[:], nonlinear)
}

// lookUpBlock unpacks a block of nibbles that stand for other codes.
func (p *panel) lookUpBlock(block int, codes []reg.VecVirtual, table constant) {
	put := p.code
	if p.signed {
		put = p.dot.mirroredCode
		for i := range table {
			if table[i] -= 128; table[i] == 0x80 {
				panic(p.name + ": a code of −128 has no mirror image")
			}
		}
	}
	for j, c := range codes {
		put(block, j, p.lookUp(p.low(c), table))
		put(block, 4+j, p.lookUp(p.high(c), table))
	}
}
