package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unpackQ4_K: d and dmin f16, 12 bytes of scales and minima, 128 bytes in which 32 hold 64 weights.
func unpackQ4_K(p *panel) {
	p.scaleMins()
	for k := range 4 {
		for half := range 2 {
			for j, c := range p.columns(16 + 32*k + 16*half) {
				p.code(2*k, 4*half+j, p.low(c))
				p.code(2*k+1, 4*half+j, p.high(c))
			}
		}
	}
}

// scaleMins unpacks the 16 bytes that Q4_K and Q5_K begin with. The first four scales and minima are the low six bits of
// bytes 4 … 7 and 8 … 11; of the others the low four bits are in bytes 12 … 15, and the high two in what is left there.
func (p *panel) scaleMins() {
	head := p.columns(0)
	d, dmin := p.half(head[0]), p.ZMM()
	p.VPSRLD(Imm(16), head[0], dmin)
	dmin = p.half(dmin)
	scales, mins := head[1], head[2]
	for k, codes := range [][2]reg.VecVirtual{
		{p.sixBits(scales), p.sixBits(mins)},
		{p.joined(p.low(head[3]), scales), p.joined(p.high(head[3]), mins)},
	} {
		for j := range 4 {
			p.scale(4*k+j, 0, p.times(codes[0], j, d))
			p.minimum(4*k+j, 0, p.times(codes[1], j, dmin))
		}
	}
}

func (p *panel) sixBits(v reg.VecVirtual) reg.VecVirtual {
	x := p.ZMM()
	p.VPANDD(v, p.consts[0x3f], x)
	return x
}

// joined puts the top two bits of rest above the four bits of low.
func (p *panel) joined(low, rest reg.VecVirtual) reg.VecVirtual {
	x := p.ZMM()
	p.VPSRLD(Imm(2), rest, x)
	p.VPANDD(x, p.consts[0x30], x)
	p.VPORD(x, low, x)
	return x
}

// times multiplies unsigned byte j of each lane by d.
func (p *panel) times(bytes reg.VecVirtual, j int, d reg.VecVirtual) reg.VecVirtual {
	x := p.ZMM()
	p.VPSLLD(Imm(uint64(24-8*j)), bytes, x)
	p.VPSRLD(Imm(24), x, x)
	p.VCVTDQ2PS(x, x)
	p.VMULPS(d, x, x)
	return x
}
