package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// affine notes the eight scales and the eight minima of a block of Q4_K or Q5_K, each times what scales it.
func (d *decoder) affine() {
	low, mins, rest := d.GP32(), d.GP32(), d.GP32()
	d.MOVL(d.at(4), low)
	d.MOVL(d.at(8), mins)
	d.MOVL(d.at(12), rest)
	upper := d.GP32()
	d.MOVL(rest, upper)
	d.SHRL(Imm(4), upper)
	d.sixBits(low, rest, 0, d.local)
	d.sixBits(mins, upper, 2, d.local.Offset(32))
}

// sixBits notes eight numbers: the low six bits of four bytes, and, below their top two bits, the low four of others. They
// are scaled by the f16 at disp.
func (d *decoder) sixBits(first, low reg.GPVirtual, disp int, to Mem) {
	high := d.GP32()
	d.MOVL(first, high)
	d.SHRL(Imm(2), high)
	d.ANDL(U32(0x30303030), high)
	d.ANDL(U32(0x0f0f0f0f), low)
	d.ORL(low, high)
	d.ANDL(U32(0x3f3f3f3f), first)
	d.SHLQ(Imm(32), high.As64())
	d.ORQ(first.As64(), high.As64())
	bytes, x, scale, h := d.XMM(), d.YMM(), d.YMM(), d.XMM()
	d.VMOVQ(high.As64(), bytes)
	d.VPMOVZXBD(bytes, x)
	d.VCVTDQ2PS(x, x)
	d.VPBROADCASTW(d.at(disp), h)
	d.VCVTPH2PS(h, scale)
	d.VMULPS(x, scale, x)
	d.VMOVUPS(x, to)
}

// noted reads number i of those that affine notes into all lanes.
func (d *decoder) noted(i int) reg.VecVirtual {
	x := d.register()
	d.VBROADCASTSS(d.local.Offset(4*i), x)
	return x
}

// affineBlock calls codes for every 64 numbers: those of byte i that are low nibbles, and those of the sub-block behind it.
func (d *decoder) affineBlock(disp int, more func(sub, i int, codes reg.VecVirtual)) {
	d.affine()
	for k := range 4 {
		for nibble := range 2 {
			sub := 2*k + nibble
			scale, least := d.noted(sub), d.noted(8+sub)
			for i := 0; i < 32; i += d.lanes {
				codes := d.bits(d.codes(disp+32*k+i), 4*nibble, 15)
				more(sub, i, codes)
				x := d.scaled(codes, 0, scale)
				d.VSUBPS(least, x, x)
				d.put(32*sub+i, x)
			}
		}
	}
}

func decodeQ4_K(d *decoder) { d.affineBlock(16, func(int, int, reg.VecVirtual) {}) }

func decodeQ5_K(d *decoder) {
	d.affineBlock(48, func(sub, i int, codes reg.VecVirtual) {
		d.VORPS(d.bits(d.codes(16+i), sub-4, 16), codes, codes)
	})
}

func decodeQ6_K(d *decoder) {
	d.notedScales()
	for half := range 2 {
		for i := 0; i < 32; i += d.lanes {
			high := d.codes(128 + 32*half + i)
			for j := range 4 {
				codes := d.bits(d.codes(64*half+32*(j%2)+i), 4*(j/2), 15)
				d.VORPS(d.bits(high, 2*j-4, 48), codes, codes)
				d.put(128*half+32*j+i, d.scaled(codes, 32, d.noted(8*half+2*j+i/16)))
			}
		}
	}
}

// notedScales notes the sixteen scales of a block of Q6_K, times d.
func (d *decoder) notedScales() {
	scale := d.half(208)
	for i := 0; i < 16; i += d.lanes {
		x := d.register()
		d.VPMOVSXBD(d.at(192+i), x)
		d.VCVTDQ2PS(x, x)
		d.VMULPS(x, scale, x)
		d.VMOVUPS(x, d.local.Offset(4*i))
	}
}
