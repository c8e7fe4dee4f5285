package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// cellShift is how many bits of a float32 do not decide its cell, as in package kernels.
const cellShift = 11

// countedTogether is how many numbers count finds the places of before it raises anything.
const countedTogether = 256

// counters builds what distributions are counted by.
func counters(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.count(v)
		for _, n := range []int{8, 16} {
			a.findCells(v, n)
		}
	}
	a.siftVBMI()
	a.siftAVX2()
}

// count finds the places of many numbers at once, and then raises what is counted there one by one. In between places lie
// in memory for a while: to read them as soon as they are written takes longer.
func (a *asm) count(v vector) {
	a.function("count"+v.level, "func(x *float32, parts int, table *uint32, base, width int)",
		"takes parts of 256 numbers, and raises table[c − base] for the cell c of each number, and table[c − base + width] if it is negative. What is not in so "+
			"many cells is counted at 2·width, zeros at the next two.")
	x := a.Load(a.Param("x"), a.GP64())
	parts := a.Load(a.Param("parts"), a.GP64())
	table := a.Load(a.Param("table"), a.GP64())
	c := newCounting(a, v)
	places := a.AllocLocal(4 * countedTogether)
	from, to, left := a.GP64(), a.GP64(), a.GP64()
	a.Label("part")
	a.LEAQ(places, to)
	a.MOVQ(U32(4*countedTogether/uint32(v.bytes)), left)
	a.Label("step")
	a.VMOVUPS(c.places(Mem{Base: x}), Mem{Base: to})
	a.ADDQ(U32(uint32(v.bytes)), x)
	a.ADDQ(U32(uint32(v.bytes)), to)
	a.DECQ(left)
	a.JNE(LabelRef("step"))
	a.LEAQ(places, from)
	a.MOVQ(U32(countedTogether/8), left)
	a.Label("raise")
	for i := range 8 {
		at := a.GP32()
		a.MOVL(Mem{Base: from, Disp: 4 * i}, at)
		a.INCL(Mem{Base: table, Index: at.As64(), Scale: 4})
	}
	a.ADDQ(Imm(32), from)
	a.DECQ(left)
	a.JNE(LabelRef("raise"))
	a.DECQ(parts)
	a.JNE(LabelRef("part"))
	a.end()
}

// counting is what a count knows: the first cell, how many there are, the last one, and the places of other numbers.
type counting struct {
	*asm
	vector
	base, width, last, outside, zeros reg.VecVirtual
	magnitude, zero                   reg.VecVirtual
}

func newCounting(a *asm, v vector) *counting {
	c := &counting{asm: a, vector: v, magnitude: v.new(a), zero: a.zeros(v, 1)[0]}
	a.VMOVAPS(a.number(v, magnitudeBits), c.magnitude)
	width := a.Load(a.Param("width"), a.GP64()).(reg.GPVirtual)
	c.base = a.words(v, a.Load(a.Param("base"), a.GP64()).(reg.GPVirtual))
	c.width = a.words(v, width)
	a.DECQ(width)
	c.last = a.words(v, width)
	a.LEAQ(Mem{Base: width, Index: width, Scale: 1, Disp: 2}, width)
	c.outside = a.words(v, width)
	a.INCQ(width)
	c.zeros = a.words(v, width)
	return c
}

// words fills a register with a word.
func (a *asm) words(v vector, word reg.GPVirtual) reg.VecVirtual {
	x := v.new(a)
	a.VMOVD(word.As32(), x.AsX())
	a.VPBROADCASTD(x.AsX(), x)
	return x
}

func (c *counting) places(m Mem) reg.VecVirtual {
	magnitude, cell, sign, least := c.new(c.asm), c.new(c.asm), c.new(c.asm), c.new(c.asm)
	c.VMOVUPS(m, sign)
	c.VANDPS(c.magnitude, sign, magnitude)
	c.VPSRAD(Imm(31), sign, sign)
	c.VPSRLD(Imm(cellShift), magnitude, cell)
	c.VPSUBD(c.base, cell, cell)
	c.VPMINUD(c.last, cell, least)
	inside := c.equal(c.vector, least, cell)
	place := c.new(c.asm)
	c.VANDPS(c.width, sign, place)
	c.VPADDD(cell, place, place)
	place = c.choose(c.vector, inside, place, c.outside)
	zero := c.new(c.asm)
	c.VPSUBD(sign, c.zeros, zero) // the sign is −1
	return c.choose(c.vector, c.equal(c.vector, magnitude, c.zero), zero, place)
}

// equal returns in which lanes words are equal: as a mask, or as lanes of ones.
func (a *asm) equal(v vector, x, y reg.VecVirtual) reg.Register {
	if v.bytes == 64 {
		k := a.K()
		a.VPCMPEQD(y, x, k)
		return k
	}
	equal := a.YMM()
	a.VPCMPEQD(y, x, equal)
	return equal
}

// choose returns the lanes of yes where the condition holds, else those of no.
func (a *asm) choose(v vector, condition reg.Register, yes, no reg.VecVirtual) reg.VecVirtual {
	x := v.new(a)
	if v.bytes == 64 {
		a.VPBLENDMD(yes, no, condition, x)
	} else {
		a.VBLENDVPS(condition, yes, no, x)
	}
	return x
}

// findCells looks for numbers in a few cells, each of which lies sixteen times in memory.
func (a *asm) findCells(v vector, n int) {
	a.function(fmt.Sprintf("findCells%d%s", n, v.level), "func(x *float32, steps int, cells *uint32) int",
		fmt.Sprintf("returns which is the first of %d·steps numbers that is in one of %d cells, their number if none is.", v.bytes/4, n))
	x := a.Load(a.Param("x"), a.GP64())
	steps := a.Load(a.Param("steps"), a.GP64())
	cells := a.Load(a.Param("cells"), a.GP64())
	list := make([]Op, n)
	for i := range list {
		list[i] = Mem{Base: cells, Disp: 64 * i}
		if v.bytes == 64 {
			cell := a.ZMM()
			a.VMOVUPS(list[i], cell)
			list[i] = cell
		}
	}
	at, zero, bits := a.GP64(), a.zeros(v, 1)[0], a.GP32()
	a.XORQ(at, at)
	a.Label("step")
	cell, least := v.new(a), v.new(a)
	a.VMOVUPS(Mem{Base: x}, cell)
	a.VPSRLD(Imm(cellShift), cell, cell)
	a.VXORPS(list[0], cell, least) // zero where they are equal
	for _, other := range list[1:] {
		d := v.new(a)
		a.VXORPS(other, cell, d)
		a.VPMINUD(d, least, least)
	}
	a.zeroLanes(v, least, zero, bits)
	a.TESTL(bits, bits)
	a.JNE(LabelRef("found"))
	a.ADDQ(U32(uint32(v.bytes)), x)
	a.ADDQ(U32(uint32(v.bytes/4)), at)
	a.DECQ(steps)
	a.JNE(LabelRef("step"))
	a.Store(at, a.ReturnIndex(0))
	a.end()

	a.Label("found")
	a.BSFL(bits, bits)
	a.ADDQ(bits.As64(), at)
	a.Store(at, a.ReturnIndex(0))
	a.end()
}

// zeroLanes sets the bits of the lanes that are zero.
func (a *asm) zeroLanes(v vector, x, zero reg.VecVirtual, bits reg.GPVirtual) {
	if v.bytes == 64 {
		k := a.K()
		a.VPTESTNMD(x, x, k)
		a.KMOVW(k, bits)
		return
	}
	a.VPCMPEQD(zero, x, x)
	a.VMOVMSKPS(x, bits)
}
