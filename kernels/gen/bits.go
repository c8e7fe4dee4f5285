package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// low and high return the nibbles of each byte.
func (p *panel) low(v reg.VecVirtual) reg.VecVirtual  { return p.field(v, 0, 0x0f*each) }
func (p *panel) high(v reg.VecVirtual) reg.VecVirtual { return p.field(v, 4, 0x0f*each) }

// field returns v>>right & mask in each lane; a negative right shifts to the left.
func (p *panel) field(v reg.VecVirtual, right int, mask uint32) reg.VecVirtual {
	x := p.ZMM()
	p.VPANDD(p.shifted(v, right), p.word(mask), x)
	return x
}

// merge sets x to x | v>>right & mask.
func (p *panel) merge(x, v reg.VecVirtual, right int, mask uint32) {
	const orAnd = 0xf8 // the truth table of a | b&c
	p.VPTERNLOGD(U8(orAnd), p.word(mask), p.shifted(v, right), x)
}

// shifted returns v>>right of each lane, or v<<−right.
func (p *panel) shifted(v reg.VecVirtual, right int) reg.VecVirtual {
	if right == 0 {
		return v
	}
	x := p.ZMM()
	if right < 0 {
		p.VPSLLD(U8(-right), v, x)
	} else {
		p.VPSRLD(U8(right), v, x)
	}
	return x
}

// bits returns n bits of each lane, from bit first on, as a number.
func (p *panel) bits(v reg.VecVirtual, first, n int) reg.VecVirtual {
	return p.shifted(p.shifted(v, first+n-32), 32-n)
}

// signedByte returns byte j of each lane as a number −128 … 127.
func (p *panel) signedByte(v reg.VecVirtual, j int) reg.VecVirtual {
	x := p.ZMM()
	p.VPSRAD(U8(24), p.shifted(v, 8*j-24), x)
	return x
}

// unsigned adds 128 to each byte.
func (p *panel) unsigned(v reg.VecVirtual) reg.VecVirtual {
	x := p.ZMM()
	p.VPXORD(v, p.word(0x80*each), x)
	return x
}

// product multiplies integers by d.
func (p *panel) product(n, d reg.VecVirtual) reg.VecVirtual {
	x := p.ZMM()
	p.VCVTDQ2PS(n, x)
	p.VMULPS(d, x, x)
	return x
}

// times multiplies unsigned byte j of each lane by d.
func (p *panel) times(bytes reg.VecVirtual, j int, d reg.VecVirtual) reg.VecVirtual {
	return p.product(p.bits(bytes, 8*j, 8), d)
}

// highHalf converts the f16 in the high half of each lane.
func (p *panel) highHalf(lanes reg.VecVirtual) reg.VecVirtual { return p.half(p.shifted(lanes, 16)) }

// negative turns the signs of floats.
func (p *panel) negative(v reg.VecVirtual) reg.VecVirtual {
	x := p.ZMM()
	p.VPXORD(v, p.word(1<<31), x)
	return x
}

// scaleAll sets the scale of all blocks.
func (p *panel) scaleAll(blocks int, d reg.VecVirtual) {
	for b := range blocks {
		p.scale(b, 0, d)
	}
}

// bitMask has bits 4j … 4j+3 of each lane as a mask of its bytes.
func (p *panel) bitMask(v reg.VecVirtual, j int) reg.Register {
	x, k := p.ZMM(), p.K()
	p.VPSHUFB(p.constant(spread), p.shifted(v, j/2*8), x)
	if j%2 == 0 {
		p.VPTESTMB(p.word(0x08040201), x, k)
	} else {
		p.VPTESTMB(p.word(0x80402010), x, k)
	}
	return k
}

// spread is the shuffle that repeats the lowest byte of each lane.
var spread = constant{0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12}
