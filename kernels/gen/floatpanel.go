package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// floatPanels builds the products of float weights with many tokens. A panel holds 128 columns of as many rows as two
// registers have lanes, column by column, as float32: a register is a column of rows, and a token's number is multiplied
// by all of them.
func floatPanels(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.turnFloats(v)
		for _, w := range v.panelWidths {
			a.floatPanel(v, w)
		}
	}
}

// floatPanel adds the sum over the columns of a panel to that of the panels before.
func (a *asm) floatPanel(v vector, width int) {
	a.function(fmt.Sprintf("floatPanelx%d%s", width, v.level), "func(acc, panel, x *float32, xStride, cols int)",
		fmt.Sprintf("adds to acc [%d, %d] the products of a panel with %d tokens, which are xStride bytes apart.", width, v.bytes/2, width))
	acc := a.Load(a.Param("acc"), a.GP64())
	panel := a.Load(a.Param("panel"), a.GP64())
	x := a.Load(a.Param("x"), a.GP64())
	xStride := a.Load(a.Param("xStride"), a.GP64())
	cols := a.Load(a.Param("cols"), a.GP64())
	tokens := a.strided(x, xStride, width)

	sums := make([][2]reg.VecVirtual, width)
	for t := range sums {
		for h := range sums[t] {
			sums[t][h] = v.new(a)
			a.VXORPS(sums[t][h], sums[t][h], sums[t][h])
		}
	}
	a.Label("column")
	var rows [2]reg.VecVirtual
	for h := range rows {
		rows[h] = v.new(a)
		a.VMOVUPS(Mem{Base: panel, Disp: h * v.bytes}, rows[h])
	}
	for t := range sums {
		y := v.new(a)
		a.VBROADCASTSS(tokens.at(t), y)
		for h := range rows {
			a.VFMADD231PS(y, rows[h], sums[t][h])
		}
	}
	a.ADDQ(U32(uint32(2*v.bytes)), panel)
	tokens.advance(4)
	a.DECQ(cols)
	a.JNE(LabelRef("column"))
	for t := range sums {
		for h, sum := range sums[t] {
			at := Mem{Base: acc, Disp: (2*t + h) * v.bytes}
			a.VADDPS(at, sum, sum)
			a.VMOVUPS(sum, at)
		}
	}
	a.VZEROUPPER()
	a.RET()
}

// turnFloats makes columns of rows, four at a time.
func (a *asm) turnFloats(v vector) {
	lanes := v.bytes / 4
	a.function("turnFloats"+v.level, "func(panel *float32, rows *byte, stride, fours int)",
		fmt.Sprintf("writes columns of %d rows, which are stride bytes apart, to half of a panel.", lanes))
	panel := a.Load(a.Param("panel"), a.GP64())
	rows := a.Load(a.Param("rows"), a.GP64())
	stride := a.Load(a.Param("stride"), a.GP64())
	fours := a.Load(a.Param("fours"), a.GP64())
	at := a.strided(rows, stride, lanes)
	a.Label("four")
	for j, c := range a.fourColumns(v, at, 0) {
		a.VMOVUPS(c, Mem{Base: panel, Disp: 2 * v.bytes * j})
	}
	at.advance(16)
	a.ADDQ(U32(uint32(8*v.bytes)), panel)
	a.DECQ(fours)
	a.JNE(LabelRef("four"))
	a.VZEROUPPER()
	a.RET()
}
