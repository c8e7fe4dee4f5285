package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// statistics builds what is counted of weights as they stream by.
func statistics(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.spread(v)
		a.addSquares(v, false)
		a.addSquares(v, true)
	}
}

// spread takes the numbers of a whole register at a time; the caller sees to the others.
func (a *asm) spread(v vector) {
	a.function("spread"+v.level, "func(x *float32, steps int) (sum, squares float64, zeros int, least, most float32)",
		"returns Σ x, Σ x², how many are zero, and the extremes.")
	x := a.Load(a.Param("x"), a.GP64())
	steps := a.Load(a.Param("steps"), a.GP64())
	sums, squares, zeros, zero := a.zeros(v, 2), a.zeros(v, 2), a.zeros(v, 1), a.zeros(v, 1)[0]
	lowest, highest, minusOne := v.new(a), v.new(a), v.new(a)
	a.VPCMPEQD(zero.AsY(), zero.AsY(), minusOne.AsY())
	if v.bytes == 64 {
		a.VPBROADCASTD(minusOne.AsX(), minusOne)
	}
	a.VMOVUPS(Mem{Base: x}, lowest)
	a.VMOVAPS(lowest, highest)
	a.Label("step")
	y := v.new(a)
	a.VMOVUPS(Mem{Base: x}, y)
	a.VMINPS(lowest, y, lowest)
	a.VMAXPS(highest, y, highest)
	a.countEqual(v, y, zero, zeros[0], minusOne)
	for i, sum := range sums {
		d := v.new(a)
		a.VCVTPS2PD(Mem{Base: x, Disp: i * v.bytes / 2}, d)
		a.VADDPD(d, sum, sum)
		a.VFMADD231PD(d, d, squares[i])
	}
	a.ADDQ(U32(uint32(v.bytes)), x)
	a.DECQ(steps)
	a.JNE(LabelRef("step"))
	for i, list := range [][]reg.VecVirtual{sums, squares} {
		a.Store(a.together(v, list, 2, func(y, x reg.Register) { a.VADDPD(y, x, x) }), a.ReturnIndex(i))
	}
	count := a.GP64()
	a.VMOVD(a.together(v, zeros, 4, func(y, x reg.Register) { a.VPADDD(y, x, x) }), count.As32())
	a.Store(count, a.ReturnIndex(2))
	a.Store(a.together(v, []reg.VecVirtual{lowest}, 4, func(y, x reg.Register) { a.VMINPS(y, x, x) }), a.ReturnIndex(3))
	a.Store(a.together(v, []reg.VecVirtual{highest}, 4, func(y, x reg.Register) { a.VMAXPS(y, x, x) }), a.ReturnIndex(4))
	a.end()
}

// countEqual adds one to the lanes of n in which x and y are equal.
func (a *asm) countEqual(v vector, x, y, n, minusOne reg.VecVirtual) {
	if v.bytes == 64 {
		k := a.K()
		a.VCMPPS(Imm(0), y, x, k)
		a.VPSUBD(minusOne, n, k, n)
		return
	}
	equal := a.YMM()
	a.VCMPPS(Imm(0), y, x, equal)
	a.VPSUBD(equal, n, n)
}

// addSquares takes the numbers of half a register at a time.
func (a *asm) addSquares(v vector, finite bool) {
	name, doc := "addSquares", "adds the squares of x to dst, leaving out what is not finite."
	if finite {
		name, doc = "addFiniteSquares", "adds the squares of x, which are finite, to dst."
	}
	a.function(name+v.level, "func(dst *float64, x *float32, steps int)", doc)
	dst := a.Load(a.Param("dst"), a.GP64())
	x := a.Load(a.Param("x"), a.GP64())
	steps := a.Load(a.Param("steps"), a.GP64())
	infinite := v.new(a)
	bits := a.GP64()
	a.MOVQ(U64(0x7ff0000000000000), bits)
	a.VMOVQ(bits, infinite.AsX())
	a.VPBROADCASTQ(infinite.AsX(), infinite)
	a.Label("step")
	d := v.new(a)
	a.VCVTPS2PD(Mem{Base: x}, d)
	a.VMULPD(d, d, d)
	if !finite {
		a.dropInfinite(v, d, infinite)
	}
	a.VADDPD(Mem{Base: dst}, d, d)
	a.VMOVUPD(d, Mem{Base: dst})
	a.ADDQ(U32(uint32(v.bytes)), dst)
	a.ADDQ(U32(uint32(v.bytes/2)), x)
	a.DECQ(steps)
	a.JNE(LabelRef("step"))
	a.end()
}

// dropInfinite makes zeros of the lanes of d that are not finite.
func (a *asm) dropInfinite(v vector, d, infinite reg.VecVirtual) {
	const lessThan = 17 // quiet
	if v.bytes == 64 {
		k := a.K()
		a.VCMPPD(Imm(lessThan), infinite, d, k)
		a.VMOVAPD_Z(d, k, d)
		return
	}
	finite := a.YMM()
	a.VCMPPD(Imm(lessThan), infinite, d, finite)
	a.VANDPD(finite, d, d)
}
