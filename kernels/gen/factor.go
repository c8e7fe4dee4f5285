package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Sub-blocks of 16 weights have factors, small integers, beside the scale of their block. Codes in a panel are multiplied
// by them. A product of AVX2 takes the factor when it widens pairs, where else it multiplies by one: code yields four
// codes of at most three bits, and factor has each row's in two words.

// factored takes 16 codes of a block, from 4·first on, times the factor.
func (p *panel) factored(block, first int, factor reg.VecVirtual, code func(j int) reg.VecVirtual) {
	if p.dot != nil && p.dot.bytes == 32 {
		p.dot.widen(block, first, factor, p.dot.pairSums(block, first, code))
		return
	}
	for j := range 4 {
		x := code(j)
		p.VPMULLW(factor, x, x)
		p.code(block, first+j, x)
	}
}

// factoredFour makes them (4 − code)·factor, which is signed.
func (p *panel) factoredFour(block, first int, factor reg.VecVirtual, code func(j int) reg.VecVirtual) {
	if p.dot != nil && p.dot.bytes == 32 {
		x, four := p.dot.pairSums(block, first, code), p.dot.token(block, actSums+4*part(2, first/4))
		p.VPSLLD(U8(16+2), four, four) // of 16 activations, in one word of two
		p.VPSUBW(x, four, x)
		p.dot.widen(block, first, factor, x)
		return
	}
	offset := p.register()
	p.VPMULLW(p.word(4*each), factor, offset)
	p.VPADDW(p.word(0x80*each), offset, offset)
	for j := range 4 {
		x := code(j)
		p.VPMULLW(factor, x, x)
		p.VPSUBW(x, offset, x) // bytes are 0 … 252: none borrows from the next
		p.code(block, first+j, x)
	}
}

// pairSums returns the sums, in 16 bits, of the products of 16 codes.
func (d *dotSink) pairSums(block, first int, code func(j int) reg.VecVirtual) (sum reg.VecVirtual) {
	for j := range 4 {
		x := d.pairs(block, first+j, code(j))
		if sum == nil {
			sum = x
		} else {
			d.VPADDW(x, sum, sum)
		}
	}
	return sum
}

// widen adds pairs of the products of 16 codes, times a factor, to their group.
func (d *dotSink) widen(block, first int, factor Op, pairs reg.VecVirtual) {
	d.addInts(block, first, factor, pairs)
	for j := range 4 {
		d.count(block, first+j)
	}
}
