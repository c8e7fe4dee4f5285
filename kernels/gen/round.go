package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rounders builds the rounding of activations to bytes: quantizeBlock in package kernels, whose words it fills. Blocks are
// taken four at a time, so that what is done once a block, such as dividing, is done for four; and the last few one by
// one. Registers of 256 bits do for all levels.
func rounders(a *asm) {
	a.function("quantizeRowAVX2", "func(words *uint32, width int, row *float32, blocks int)",
		"rounds so many blocks of 32 columns of one token; words of a field are width apart.")
	words := a.Load(a.Param("words"), a.GP64())
	stride := a.Load(a.Param("width"), a.GP64())
	r := &rounder{asm: a, row: a.Load(a.Param("row"), a.GP64()), next: a.GP64(), local: a.AllocLocal(roundedBytes)}
	blocks := a.Load(a.Param("blocks"), a.GP64())
	a.SHLQ(Imm(2), stride)
	a.IMUL3Q(Imm(actBytes/4), stride, r.next)
	r.places = a.places(words, stride)
	r.constants()
	for _, n := range []int{roundedBlocks, 1} {
		loop, end := fmt.Sprintf("blocks%d", n), fmt.Sprintf("end%d", n)
		a.Label(loop)
		a.CMPQ(blocks, Imm(uint64(n)))
		a.JLT(LabelRef(end))
		r.round(n)
		a.SUBQ(Imm(uint64(n)), blocks)
		a.JMP(LabelRef(loop))
		a.Label(end)
	}
	a.VZEROUPPER()
	a.RET()
}

// What is known of four blocks lies in memory before it is copied to its places: their codes, then a word of each for
// every other field, and the factors that codes are made with.
const (
	roundedBlocks = 4
	roundedFields = 32 * roundedBlocks
	roundedUp     = roundedFields + (actBytes-actScale)*roundedBlocks
	roundedBytes  = roundedUp + 4*roundedBlocks
)

type rounder struct {
	*asm
	places    places
	row, next reg.Register
	local     Mem

	magnitude, offset, bias, order, limit, least reg.VecVirtual
}

func (r *rounder) constants() {
	r.magnitude, r.offset, r.bias, r.order, r.limit, r.least = r.YMM(), r.YMM(), r.YMM(), r.YMM(), r.XMM(), r.XMM()
	r.constant(0x7fffffff, r.magnitude)
	r.constant(0x80808080, r.offset)
	r.constant(16*128, r.bias)
	r.constant(0x42fe0000, r.limit)                                              // 127
	r.constant(0x0d800000, r.least)                                              // 2^-100
	r.VMOVDQU(r.table("packedOrder", []uint32{0, 4, 1, 5, 2, 6, 3, 7}), r.order) // which the packing of words and bytes undoes
}

// constant fills v with a word.
func (a *asm) constant(word uint32, v reg.VecVirtual) {
	g := a.GP32()
	a.MOVL(U32(word), g)
	a.VMOVD(g, v.AsX())
	a.VPBROADCASTD(v.AsX(), v)
}

// round rounds n blocks, one or four.
func (r *rounder) round(n int) {
	var largest, sums [roundedBlocks]reg.VecVirtual
	for i := range largest {
		if largest[i] = largest[0]; i < n {
			largest[i] = r.largest(i)
		}
	}
	scale := r.scales(r.across(largest))
	for i := range sums {
		if sums[i] = sums[0]; i < n {
			sums[i] = r.codes(i)
		}
	}
	r.sums(sums, scale)
	for i := range n {
		r.copy(i)
	}
	r.ADDQ(U32(128*n), r.row)
}

func (r *rounder) column(block, i int) Mem { return Mem{Base: r.row, Disp: 128*block + 32*i} }

// largest returns four magnitudes of which the largest is that of the block. They are compared as integers, so that NaN
// and infinities are the largest of all.
func (r *rounder) largest(block int) reg.VecVirtual {
	var m [4]reg.VecVirtual
	for i := range m {
		m[i] = r.YMM()
		r.VPAND(r.column(block, i), r.magnitude, m[i])
	}
	r.VPMAXUD(m[1], m[0], m[0])
	r.VPMAXUD(m[3], m[2], m[2])
	r.VPMAXUD(m[2], m[0], m[0])
	high := r.XMM()
	r.VEXTRACTI128(Imm(1), m[0], high)
	r.VPMAXUD(high, m[0].AsX(), high)
	return high
}

// across returns the largest lane of each of four registers.
func (r *rounder) across(m [4]reg.VecVirtual) reg.VecVirtual {
	var pairs [2]reg.VecVirtual
	for i := range pairs {
		pairs[i] = r.XMM()
		high := r.XMM()
		r.VPUNPCKLDQ(m[2*i+1], m[2*i], pairs[i])
		r.VPUNPCKHDQ(m[2*i+1], m[2*i], high)
		r.VPMAXUD(high, pairs[i], pairs[i])
	}
	low, high := r.XMM(), r.XMM()
	r.VPUNPCKLQDQ(pairs[1], pairs[0], low)
	r.VPUNPCKHQDQ(pairs[1], pairs[0], high)
	r.VPMAXUD(high, low, low)
	return low
}

// scales returns m/127, and notes 127/m: zeros for a small m, NaN as the scale of one that is not finite.
func (r *rounder) scales(m reg.VecVirtual) (scale reg.VecVirtual) {
	up, odd, ordinary := r.XMM(), r.XMM(), r.XMM()
	scale = r.XMM()
	r.VDIVPS(m, r.limit, up)
	r.VDIVPS(r.limit, m, scale)
	r.VSUBPS(m, m, odd)
	r.VCMPPS(Imm(13), r.least, m, ordinary) // m ≥ least
	r.VANDPS(ordinary, up, up)
	r.VANDPS(ordinary, scale, scale)
	r.VADDPS(odd, scale, scale)
	r.VMOVUPS(up, r.local.Offset(roundedUp))
	return scale
}

// codes notes the codes of a block, and returns their sums as unsigned numbers, eight by eight.
func (r *rounder) codes(block int) reg.VecVirtual {
	up := r.YMM()
	r.VBROADCASTSS(r.local.Offset(roundedUp+4*block), up)
	var x [4]reg.VecVirtual
	for i := range x {
		x[i] = r.YMM()
		r.VMULPS(r.column(block, i), up, x[i])
		r.VCVTPS2DQ(x[i], x[i])
	}
	r.VPACKSSDW(x[1], x[0], x[0])
	r.VPACKSSDW(x[3], x[2], x[2])
	r.VPACKSSWB(x[2], x[0], x[0])
	r.VPERMD(x[0], r.order, x[0])
	r.VMOVDQU(x[0], r.local.Offset(32*block))
	sums, zero := r.YMM(), r.YMM()
	r.VPXOR(r.offset, x[0], sums)
	r.VPXOR(zero, zero, zero)
	r.VPSADBW(zero, sums, sums)
	return sums
}

// sums notes the sums of all blocks, and what they are when scaled.
func (r *rounder) sums(s [4]reg.VecVirtual, scale reg.VecVirtual) {
	var pairs [2]reg.VecVirtual // of two blocks, in every other lane; two such, the first and the last half of columns
	for i := range pairs {
		pairs[i] = r.YMM()
		swapped := r.YMM()
		r.VPSLLQ(Imm(32), s[2*i+1], pairs[i])
		r.VPOR(s[2*i], pairs[i], pairs[i])
		r.VPSHUFD(Imm(0x4e), pairs[i], swapped)
		r.VPADDD(swapped, pairs[i], pairs[i])
	}
	halves, last, all := r.YMM(), r.XMM(), r.XMM()
	r.VPUNPCKLQDQ(pairs[1], pairs[0], halves)
	r.VPSUBD(r.bias, halves, halves)
	r.VEXTRACTI128(Imm(1), halves, last)
	r.VPADDD(last, halves.AsX(), all)

	r.VMOVUPS(scale, r.field(actScale, 0))
	for i, sum := range []reg.Register{all, halves.AsX(), last} {
		r.VMOVDQU(sum, r.field(actSums+4*i, 0))
		scaled := r.XMM()
		r.VCVTDQ2PS(sum, scaled)
		r.VMULPS(scale, scaled, scaled)
		r.VMOVUPS(scaled, r.field(actScaled+4*i, 0))
	}
}

// field is where the word of a block is noted.
func (r *rounder) field(offset, block int) Mem {
	return r.local.Offset(roundedFields + (offset-actScale)*roundedBlocks + 4*block)
}

// copy puts the words of a block where they belong.
func (r *rounder) copy(block int) {
	for offset := 0; offset < actBytes; offset += 4 {
		from := r.local.Offset(32*block + offset)
		if offset >= actScale {
			from = r.field(offset, block)
		}
		word := r.GP32()
		r.MOVL(from, word)
		r.MOVL(word, r.places.at(offset/4))
	}
	r.places.advance(r.next)
}

// places addresses the words 0 … 14 of a block, which are stride bytes apart.
type places struct {
	*asm
	bases [2]reg.Register      // of words 0 and 8
	odd   map[int]reg.Register // odd multiples of the stride
}

func (a *asm) places(first, stride reg.Register) places {
	p := places{asm: a, bases: [2]reg.Register{first, a.GP64()}, odd: map[int]reg.Register{1: stride}}
	a.LEAQ(Mem{Base: first, Index: stride, Scale: 8}, p.bases[1])
	for i := 3; i < 8; i += 2 {
		p.odd[i] = a.GP64()
		a.LEAQ(Mem{Base: p.odd[i-2], Index: stride, Scale: 2}, p.odd[i])
	}
	return p
}

func (p places) at(word int) Mem {
	m := Mem{Base: p.bases[word/8]}
	for i, scale := word%8, uint8(1); i > 0; i, scale = i/2, 2*scale {
		if i%2 == 1 {
			m.Index, m.Scale = p.odd[i], scale
			break
		}
	}
	return m
}

func (p places) advance(bytes reg.Register) {
	for _, b := range p.bases {
		p.ADDQ(bytes, b)
	}
}
