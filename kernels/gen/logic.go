package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// What registers of either size can do, in the instructions that each has. Where a constant is an operand it comes first:
// there it may be memory.

func (r *rows) and(x, y, to Op) {
	if r.bytes == 64 {
		r.VPANDD(x, y, to)
	} else {
		r.VPAND(x, y, to)
	}
}

func (r *rows) or(x, y, to Op) {
	if r.bytes == 64 {
		r.VPORD(x, y, to)
	} else {
		r.VPOR(x, y, to)
	}
}

func (r *rows) xor(x, y, to Op) {
	if r.bytes == 64 {
		r.VPXORD(x, y, to)
	} else {
		r.VPXOR(x, y, to)
	}
}

// orAnd sets x to x | mask & y.
func (r *rows) orAnd(mask Op, y, x reg.VecVirtual) {
	if r.bytes == 64 {
		r.VPTERNLOGD(U8(0xf8), mask, y, x)
		return
	}
	z := r.register()
	r.VPAND(mask, y, z)
	r.VPOR(z, x, x)
}

// andOr sets x to mask & (x | y).
func (r *rows) andOr(mask Op, y, x reg.VecVirtual) {
	if r.bytes == 64 {
		r.VPTERNLOGD(U8(0xa8), mask, y, x)
		return
	}
	r.VPOR(y, x, x)
	r.VPAND(mask, x, x)
}

// xor3 sets x to x ^ y ^ z.
func (r *rows) xor3(z, y, x reg.VecVirtual) {
	if r.bytes == 64 {
		r.VPTERNLOGD(U8(0x96), z, y, x)
		return
	}
	r.VPXOR(y, x, x)
	r.VPXOR(z, x, x)
}

// A mask chooses bytes: a mask register for 512 bits; for 256 a register with ones in those bytes.
type mask reg.Register

// hasBits chooses the bytes that have any of the bits, one in each byte.
func (p *panel) hasBits(v reg.VecVirtual, bits uint32) mask {
	if p.bytes == 64 {
		k := p.K()
		p.VPTESTMB(p.word(bits), v, k)
		return k
	}
	x := p.register()
	p.VPAND(p.word(bits), v, x)
	p.VPCMPEQB(p.word(bits), x, x)
	return x
}

// comparable returns what reached takes for the bytes of v: AVX2 compares bytes with signs, so they lose 128.
func (p *panel) comparable(v reg.VecVirtual) reg.VecVirtual {
	if p.bytes == 64 {
		return v
	}
	x := p.register()
	p.VPXOR(p.word(0x80*each), v, x)
	return x
}

// reached returns how many of two limits each byte reaches.
func (p *panel) reached(v reg.VecVirtual, low, high uint32) reg.VecVirtual {
	if p.bytes == 64 {
		const notLess = 5
		some, all := p.K(), p.K()
		p.VPCMPUB(U8(notLess), p.word(low*each), v, some)
		p.VPCMPUB(U8(notLess), p.word(high*each), v, all)
		x := p.where(some, each)
		p.addWhere(all, each, x)
		return x
	}
	some, all := p.register(), p.register()
	p.VPCMPGTB(p.word(((low-1)^0x80)*each), v, some)
	p.VPCMPGTB(p.word(((high-1)^0x80)*each), v, all)
	p.VPADDB(some, all, all) // −1 for each
	p.VPABSB(all, all)
	return all
}

// where returns w in all chosen bytes, and zeros.
func (p *panel) where(k mask, w uint32) reg.VecVirtual {
	x := p.register()
	if p.bytes == 64 {
		p.VMOVDQU8_Z(p.word(w), k, x)
	} else {
		p.VPAND(p.word(w), k, x)
	}
	return x
}

// addWhere adds w to the chosen bytes of x.
func (p *panel) addWhere(k mask, w uint32, x reg.VecVirtual) {
	if p.bytes == 64 {
		p.VPADDB(p.word(w), x, k, x)
	} else {
		p.VPADDB(p.where(k, w), x, x)
	}
}

// mirrorWhere sets the chosen bytes of x to w − x.
func (p *panel) mirrorWhere(k mask, w uint32, x reg.VecVirtual) {
	if p.bytes == 64 {
		p.VPSUBB(x, p.word(w), k, x)
		return
	}
	p.VPXOR(k, x, x) // −x − 1
	p.addWhere(k, w+each, x)
}

// without makes zeros of the bytes that are b.
func (p *panel) without(v reg.VecVirtual, b uint32) reg.VecVirtual {
	x := p.register()
	if p.bytes == 64 {
		const notEqual = 4
		k := p.K()
		p.VPCMPUB(U8(notEqual), p.word(b*each), v, k)
		p.VMOVDQU8_Z(v, k, x)
		return x
	}
	p.VPCMPEQB(p.word(b*each), v, x)
	p.VPANDN(v, x, x)
	return x
}
