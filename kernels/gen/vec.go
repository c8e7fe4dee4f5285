package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vectors builds the simplest functions on rows.
func vectors(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.rowDot(v)
		a.rowMax(v)
		a.above(v)
		a.odd(v)
		a.axpy(v)
		a.scaling(v)
		a.pairwise(v, "add", "a + b", func(y, x reg.VecVirtual) { a.VADDPS(y, x, x) })
		a.pairwise(v, "mul", "a·b", func(y, x reg.VecVirtual) { a.VMULPS(y, x, x) })
	}
}

// slices loads the pointers of slices, and the length of the first.
func (a *asm) slices(names ...string) (n reg.Register, rows []reg.Register) {
	n = a.Load(a.Param(names[0]).Len(), a.GP64())
	for _, name := range names {
		rows = append(rows, a.Load(a.Param(name).Base(), a.GP64()))
	}
	return n, rows
}

func (a *asm) end() {
	a.VZEROUPPER()
	a.RET()
}

func (a *asm) rowDot(v vector) {
	a.function("dot"+v.level, "func(a, b []float32) float32", "returns Σ a·b.")
	n, rows := a.slices("a", "b")
	sums := a.zeros(v, 4)
	a.over(v, n, len(sums), rows, func(l *lanes) {
		x, y := l.load(rows[0]), l.load(rows[1])
		a.VFMADD231PS(y, x, sums[l.part])
	})
	sum := a.together(v, sums, 4, func(y, x reg.Register) { a.VADDPS(y, x, x) })
	a.Store(sum, a.ReturnIndex(0))
	a.end()
}

// rowMax passes over NaN, since VMAXPS takes the operand that comes first here if one of them is NaN.
func (a *asm) rowMax(v vector) {
	a.function("max"+v.level, "func(x []float32) float32", "returns the largest number, −Inf for none.")
	n, rows := a.slices("x")
	least := a.number(v, negativeInfinity)
	most := make([]reg.VecVirtual, 4)
	for i := range most {
		most[i] = v.new(a)
		a.VMOVAPS(least, most[i])
	}
	a.over(v, n, len(most), rows, func(l *lanes) {
		x := l.loadOr(rows[0], most[l.part])
		a.VMAXPS(most[l.part], x, most[l.part])
	})
	a.Store(a.together(v, most, 4, func(y, x reg.Register) { a.VMAXPS(y, x, x) }), a.ReturnIndex(0))
	a.end()
}

func (a *asm) above(v vector) {
	a.function("above"+v.level, "func(x []float32, least float32) int", "returns the index of the first number above least, len(x) if there is none.")
	n, rows := a.slices("x")
	least := a.broadcast(v, "least")
	start := a.GP64()
	a.MOVQ(rows[0], start)
	found, bits := a.label("found"), a.GP32()
	a.over(v, n, 1, rows, func(l *lanes) {
		a.greater(v, l.loadOr(rows[0], least), least, bits)
		a.TESTL(bits, bits)
		a.JNE(LabelRef(found))
	})
	a.Store(a.Load(a.Param("x").Len(), a.GP64()), a.ReturnIndex(0))
	a.end()

	a.Label(found)
	a.BSFL(bits, bits)
	a.SUBQ(start, rows[0])
	a.SHRQ(Imm(2), rows[0])
	a.ADDQ(bits.As64(), rows[0])
	a.Store(rows[0], a.ReturnIndex(0))
	a.end()
}

// greater sets the bits of the lanes in which x is above y.
func (a *asm) greater(v vector, x, y reg.VecVirtual, bits reg.GPVirtual) {
	const greaterThan = 30
	if v.bytes == 64 {
		k := a.K()
		a.VCMPPS(Imm(greaterThan), y, x, k)
		a.KMOVW(k, bits)
		return
	}
	larger := a.YMM()
	a.VCMPPS(Imm(greaterThan), y, x, larger)
	a.VMOVMSKPS(larger, bits)
}

// odd needs no comparisons: x − x is 0, but NaN for NaN and infinities, and a sum keeps it.
func (a *asm) odd(v vector) {
	a.function("odd"+v.level, "func(x []float32) float32", "returns Σ (x − x): NaN if a number is not finite, else 0.")
	n, rows := a.slices("x")
	sums := a.zeros(v, 4)
	a.over(v, n, len(sums), rows, func(l *lanes) {
		x := l.load(rows[0])
		a.VSUBPS(x, x, x)
		a.VADDPS(x, sums[l.part], sums[l.part])
	})
	a.Store(a.together(v, sums, 4, func(y, x reg.Register) { a.VADDPS(y, x, x) }), a.ReturnIndex(0))
	a.end()
}

func (a *asm) axpy(v vector) {
	a.function("axpy"+v.level, "func(alpha float32, x, y []float32)", "adds alpha·x to y.")
	n, rows := a.slices("x", "y")
	alpha := a.broadcast(v, "alpha")
	a.over(v, n, 4, rows, func(l *lanes) {
		x, y := l.load(rows[0]), l.load(rows[1])
		a.VMULPS(alpha, x, x)
		a.VADDPS(x, y, y)
		l.store(y, rows[1])
	})
	a.end()
}

func (a *asm) scaling(v vector) {
	a.function("scale"+v.level, "func(alpha float32, x []float32)", "multiplies x by alpha.")
	n, rows := a.slices("x")
	alpha := a.broadcast(v, "alpha")
	a.over(v, n, 4, rows, func(l *lanes) {
		x := l.load(rows[0])
		a.VMULPS(alpha, x, x)
		l.store(x, rows[0])
	})
	a.end()
}

func (a *asm) pairwise(v vector, name, what string, combine func(y, x reg.VecVirtual)) {
	a.function(name+v.level, "func(dst, a, b []float32)", "writes "+what+" to dst.")
	n, rows := a.slices("dst", "a", "b")
	a.over(v, n, 4, rows, func(l *lanes) {
		x := l.load(rows[1])
		combine(l.load(rows[2]), x)
		l.store(x, rows[0])
	})
	a.end()
}
