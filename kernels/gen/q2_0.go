package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unpackQ2_0: d f16, 16 bytes with two bits for each weight, the lowest first.
func unpackQ2_0(p *panel) {
	p.scaleAll(2, p.first())
	for i, c := range p.columns(2) {
		for j := range 4 {
			p.code(i/2, i%2*4+j, p.pairs(c, j))
		}
	}
}

// pairs returns the four pairs of bits of byte j of each lane as bytes.
func (p *panel) pairs(v reg.VecVirtual, j int) reg.VecVirtual {
	x, y := p.fromByte(v, j, highBytes), p.register()
	p.VPMULHUW(p.word(1<<8|1<<4<<16), x, x) // the second word has the high nibble
	p.VPSLLD(U8(6), x, y)
	p.andOr(p.word(3*each), y, x)
	return x
}

// highBytes is the shuffle that makes the lowest byte of each lane the high byte of two words.
var highBytes = constant{0x80, 0, 0x80, 0, 0x80, 4, 0x80, 4, 0x80, 8, 0x80, 8, 0x80, 12, 0x80, 12}
