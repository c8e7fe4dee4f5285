package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// floatPanels builds the products of float weights with many tokens. A panel holds columns of as many tokens as a
// register has lanes, column by column: a register is a column of tokens, and each row's weight is multiplied by all of
// them.
func floatPanels(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		for _, panels := range []int{1, 2} {
			a.floatPanel(v, panels)
		}
	}
}

// floatPanel adds the sums over the columns of some panels to those of the columns before.
func (a *asm) floatPanel(v vector, panels int) {
	a.function(fmt.Sprintf("floatPanelx%d%s", panels, v.level), "func(acc, w *float32, wStride int, x *float32, xStride, cols int)",
		fmt.Sprintf("adds to acc [%d, %d] the products of as many rows with panels [cols, %d]; strides are in bytes.", v.panelRows, panels*v.bytes/4, v.bytes/4))
	acc := a.Load(a.Param("acc"), a.GP64())
	w := a.Load(a.Param("w"), a.GP64())
	rows := a.strided(w, a.Load(a.Param("wStride"), a.GP64()), v.panelRows)
	x := a.Load(a.Param("x"), a.GP64())
	columns := a.strided(x, a.Load(a.Param("xStride"), a.GP64()), panels)
	cols := a.Load(a.Param("cols"), a.GP64())

	sums := make([][]reg.VecVirtual, v.panelRows)
	for r := range sums {
		sums[r] = a.zeros(v, panels)
	}
	a.Label("column")
	tokens := make([]reg.VecVirtual, panels)
	for p := range tokens {
		tokens[p] = v.new(a)
		a.VMOVUPS(columns.at(p), tokens[p])
	}
	for r := range sums {
		weight := v.new(a)
		a.VBROADCASTSS(rows.at(r), weight)
		for p, sum := range sums[r] {
			a.VFMADD231PS(weight, tokens[p], sum)
		}
	}
	rows.advance(4)
	columns.advance(v.bytes)
	a.DECQ(cols)
	a.JNE(LabelRef("column"))
	for r := range sums {
		for p, sum := range sums[r] {
			at := Mem{Base: acc, Disp: (panels*r + p) * v.bytes}
			a.VADDPS(at, sum, sum)
			a.VMOVUPS(sum, at)
		}
	}
	a.end()
}
