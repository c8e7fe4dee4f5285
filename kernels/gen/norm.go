package main

import (
	"github.com/mmcloughlin/avo/reg"
)

// norms builds what norms are made of. Sums are taken in float64.
func norms(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.doubleSum(v, "sum", "func(x []float32) float64", "returns Σ x.", func(l *lanes, x, sum reg.VecVirtual) { a.VADDPD(x, sum, sum) })
		a.doubleSum(v, "sumSquares", "func(x []float32) float64", "returns Σ x².", func(l *lanes, x, sum reg.VecVirtual) { a.VFMADD231PD(x, x, sum) })
		a.squaresAbout(v)
		a.normalize(v)
		a.center(v)
	}
}

// doubleSum builds a sum over a row.
func (a *asm) doubleSum(v vector, name, signature, doc string, add func(l *lanes, x, sum reg.VecVirtual)) {
	a.function(name+v.level, signature, doc)
	n, rows := a.slices("x")
	a.addDoubles(v, n, rows, add)
}

func (a *asm) squaresAbout(v vector) {
	a.function("squaresAbout"+v.level, "func(x []float32, mean float64) float64", "returns Σ (x − mean)².")
	n, rows := a.slices("x")
	mean := a.broadcastDouble(v, "mean")
	a.addDoubles(v, n, rows, func(l *lanes, x, sum reg.VecVirtual) {
		x = l.orElseDoubles(x, mean)
		a.VSUBPD(mean, x, x)
		a.VFMADD231PD(x, x, sum)
	})
}

func (a *asm) addDoubles(v vector, n reg.Register, rows []reg.Register, add func(l *lanes, x, sum reg.VecVirtual)) {
	sums := a.zeros(v, 4)
	a.overDoubles(v, n, len(sums), rows, func(l *lanes) { add(l, l.loadDoubles(rows[0]), sums[l.part]) })
	a.Store(a.together(v, sums, 2, func(y, x reg.Register) { a.VADDPD(y, x, x) }), a.ReturnIndex(0))
	a.end()
}

// broadcastDouble fills a register with a number that a function has as its parameter.
func (a *asm) broadcastDouble(v vector, param string) reg.VecVirtual {
	x := v.new(a)
	a.VBROADCASTSD(a.param(param), x)
	return x
}

func (a *asm) normalize(v vector) {
	a.function("normalize"+v.level, "func(dst, x, w []float32, scale float32)", "writes x·scale·w to dst.")
	n, rows := a.slices("dst", "x", "w")
	scale := a.broadcast(v, "scale")
	a.over(v, n, 4, rows, func(l *lanes) {
		x := l.load(rows[1])
		a.VMULPS(scale, x, x)
		a.VMULPS(l.load(rows[2]), x, x)
		l.store(x, rows[0])
	})
	a.end()
}

func (a *asm) center(v vector) {
	a.function("center"+v.level, "func(dst, x []float32, mean, scale float64)", "writes (x − mean)·scale to dst.")
	n, rows := a.slices("dst", "x")
	mean, scale := a.broadcastDouble(v, "mean"), a.broadcastDouble(v, "scale")
	a.overDoubles(v, n, 4, rows, func(l *lanes) {
		x := l.loadDoubles(rows[1])
		a.VSUBPD(mean, x, x)
		a.VMULPD(scale, x, x)
		l.storeDoubles(x, rows[0])
	})
	a.end()
}
