package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rotations builds the turning of pairs by the angles whose cosines and sines are given. Products and sums are rounded one
// by one, as in plain Go.
func rotations(a *asm) {
	a.rotateHalves(zmm)
	a.rotateHalves(ymm)
	a.rotatePairs()
}

func (a *asm) rotateHalves(v vector) {
	a.function("rotateHalves"+v.level, "func(x, cos, sin []float32)", "turns the pairs (i, i+n) of x, n being the number of cosines.")
	n := a.Load(a.Param("cos").Len(), a.GP64())
	first, second := a.Load(a.Param("x").Base(), a.GP64()), a.GP64()
	a.LEAQ(Mem{Base: first, Index: n, Scale: 4}, second)
	cos, sin := a.Load(a.Param("cos").Base(), a.GP64()), a.Load(a.Param("sin").Base(), a.GP64())
	a.over(v, n, 1, []reg.Register{first, second, cos, sin}, func(l *lanes) {
		x, y, c, s := l.load(first), l.load(second), l.load(cos), l.load(sin)
		turnedX, turnedY := v.new(a), v.new(a)
		a.VMULPS(c, x, turnedX)
		a.VMULPS(s, x, turnedY)
		a.VMULPS(s, y, s)
		a.VMULPS(c, y, c)
		a.VSUBPS(s, turnedX, turnedX)
		a.VADDPS(c, turnedY, turnedY)
		l.store(turnedX, first)
		l.store(turnedY, second)
	})
	a.end()
}

// rotatePairs takes four pairs at a time; the caller sees to the others.
func (a *asm) rotatePairs() {
	a.function("rotatePairsAVX2", "func(x, cos, sin *float32, fours int)", "turns four times so many pairs (2i, 2i+1).")
	x := a.Load(a.Param("x"), a.GP64())
	cos := a.Load(a.Param("cos"), a.GP64())
	sin := a.Load(a.Param("sin"), a.GP64())
	fours := a.Load(a.Param("fours"), a.GP64())
	a.Label("four")
	pairs, swapped := a.YMM(), a.YMM()
	a.VMOVUPS(Mem{Base: x}, pairs)
	a.VPERMILPS(Imm(0xb1), pairs, swapped)
	a.VMULPS(a.doubled(cos), pairs, pairs)
	a.VMULPS(a.doubled(sin), swapped, swapped)
	a.VADDSUBPS(swapped, pairs, pairs)
	a.VMOVUPS(pairs, Mem{Base: x})
	a.ADDQ(Imm(32), x)
	a.ADDQ(Imm(16), cos)
	a.ADDQ(Imm(16), sin)
	a.DECQ(fours)
	a.JNE(LabelRef("four"))
	a.end()
}

// doubled reads four numbers, each twice.
func (a *asm) doubled(from reg.Register) reg.VecVirtual {
	x := a.YMM()
	a.VPMOVZXDQ(Mem{Base: from}, x)
	a.VMOVSLDUP(x, x)
	return x
}
