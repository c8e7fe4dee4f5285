package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// decoders builds the decoders of package quant that matter most. Each has the bits of the one in plain Go: the operations
// are the same, and none are fused. The layouts of blocks are drawn in the files of the formats there.
func decoders(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.decoder(v, "F16", v.bytes/2, func(d *decoder) { d.put(0, d.convert(d.at(0))) })
		a.decoder(v, "BF16", v.bytes/2, func(d *decoder) { d.put(0, d.shifted(d.at(0))) })
		a.decoder(v, "Q8_0", 34, decodeQ8_0)
		a.decoder(v, "Q4_0", 18, decodeQ4_0)
		a.decoder(v, "Q4_1", 20, decodeQ4_1)
		a.decoder(v, "Q5_0", 22, decodeQ5_0)
		a.decoder(v, "Q5_1", 24, decodeQ5_1)
		a.decoder(v, "Q4_K", 144, decodeQ4_K)
		a.decoder(v, "Q5_K", 176, decodeQ5_K)
		a.decoder(v, "Q6_K", 210, decodeQ6_K)
	}
}

// decoder writes the numbers of a block to dst.
type decoder struct {
	*asm
	vector
	lanes    int
	dst, src reg.Register
	local    Mem
	written  int // numbers
}

func (a *asm) decoder(v vector, name string, size int, body func(d *decoder)) {
	a.function("decode"+name+v.level, "func(dst *float32, src *byte, blocks int)",
		fmt.Sprintf("decodes so many pieces of %d bytes.", size))
	d := &decoder{asm: a, vector: v, lanes: v.bytes / 4}
	d.dst = a.Load(a.Param("dst"), a.GP64())
	d.src = a.Load(a.Param("src"), a.GP64())
	blocks := a.Load(a.Param("blocks"), a.GP64())
	d.local = a.AllocLocal(64)
	a.Label("block")
	body(d)
	a.ADDQ(U32(uint32(size)), d.src)
	a.ADDQ(U32(uint32(4*d.written)), d.dst)
	a.DECQ(blocks)
	a.JNE(LabelRef("block"))
	a.end()
}

func (d *decoder) at(disp int) Mem { return Mem{Base: d.src, Disp: disp} }

func (d *decoder) register() reg.VecVirtual { return d.new(d.asm) }

// word is memory with as many words as a register has.
func (d *decoder) word(w uint32) Mem {
	return d.table(fmt.Sprintf("word%d", w), repeated(w, 16))
}

// put writes number i and those that follow.
func (d *decoder) put(i int, x reg.VecVirtual) {
	d.VMOVUPS(x, Mem{Base: d.dst, Disp: 4 * i})
	d.written = max(d.written, i+d.lanes)
}

// convert reads f16 numbers.
func (d *decoder) convert(from Op) reg.VecVirtual {
	x := d.register()
	d.VCVTPH2PS(from, x)
	return x
}

// shifted reads bf16 numbers.
func (d *decoder) shifted(from Mem) reg.VecVirtual {
	x := d.register()
	d.VPMOVZXWD(from, x)
	d.VPSLLD(Imm(16), x, x)
	return x
}

// half reads an f16 number into all lanes.
func (d *decoder) half(disp int) reg.VecVirtual {
	h := d.vector.half(d.asm)
	d.VPBROADCASTW(d.at(disp), h)
	return d.convert(h)
}

// codes reads as many bytes as there are lanes.
func (d *decoder) codes(disp int) reg.VecVirtual {
	x := d.register()
	d.VPMOVZXBD(d.at(disp), x)
	return x
}

// bits returns the bits of a mask, after a shift to the right, or to the left if it is negative.
func (d *decoder) bits(x reg.VecVirtual, shift int, mask uint32) reg.VecVirtual {
	y := d.register()
	switch {
	case shift > 0:
		d.VPSRLD(Imm(uint64(shift)), x, y)
		d.VANDPS(d.word(mask), y, y)
	case shift < 0:
		d.VPSLLD(Imm(uint64(-shift)), x, y)
		d.VANDPS(d.word(mask), y, y)
	default:
		d.VANDPS(d.word(mask), x, y)
	}
	return y
}

// scaled returns (codes − offset)·scale, and destroys codes.
func (d *decoder) scaled(codes reg.VecVirtual, offset uint32, scale Op) reg.VecVirtual {
	if offset > 0 {
		d.VPSUBD(d.word(offset), codes, codes)
	}
	d.VCVTDQ2PS(codes, codes)
	d.VMULPS(scale, codes, codes)
	return codes
}

func decodeQ8_0(d *decoder) {
	scale := d.half(0)
	for i := 0; i < 32; i += d.lanes {
		x := d.register()
		d.VPMOVSXBD(d.at(2+i), x)
		d.put(i, d.scaled(x, 0, scale))
	}
}

// nibbles calls f for the codes of 32 numbers whose low nibbles are the first half of them.
func (d *decoder) nibbles(disp int, f func(i int, codes reg.VecVirtual)) {
	for i := 0; i < 16; i += d.lanes {
		x := d.codes(disp + i)
		f(i, d.bits(x, 0, 15))
		f(16+i, d.bits(x, 4, 15))
	}
}

func decodeQ4_0(d *decoder) {
	scale := d.half(0)
	d.nibbles(2, func(i int, codes reg.VecVirtual) { d.put(i, d.scaled(codes, 8, scale)) })
}

func decodeQ4_1(d *decoder) {
	scale, least := d.half(0), d.half(2)
	d.nibbles(4, func(i int, codes reg.VecVirtual) {
		x := d.scaled(codes, 0, scale)
		d.VADDPS(least, x, x)
		d.put(i, x)
	})
}

// fifthBits adds the bits of a word, in which number i has bit i.
func (d *decoder) fifthBits(disp int) func(i int, codes reg.VecVirtual) {
	word, places := d.register(), d.table("lanes", []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	d.VPBROADCASTD(d.at(disp), word)
	return func(i int, codes reg.VecVirtual) {
		bit := d.register()
		d.VPSRLD(Imm(uint64(i)), word, bit)
		d.VPSRLVD(places, bit, bit)
		d.VPSLLD(Imm(4), bit, bit)
		d.VANDPS(d.word(16), bit, bit)
		d.VORPS(bit, codes, codes)
	}
}

func decodeQ5_0(d *decoder) {
	scale, high := d.half(0), d.fifthBits(2)
	d.nibbles(6, func(i int, codes reg.VecVirtual) {
		high(i, codes)
		d.put(i, d.scaled(codes, 16, scale))
	})
}

func decodeQ5_1(d *decoder) {
	scale, least, high := d.half(0), d.half(2), d.fifthBits(4)
	d.nibbles(8, func(i int, codes reg.VecVirtual) {
		high(i, codes)
		x := d.scaled(codes, 0, scale)
		d.VADDPS(least, x, x)
		d.put(i, x)
	})
}
