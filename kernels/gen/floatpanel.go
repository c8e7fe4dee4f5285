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

// panelUnroll is how many columns are multiplied in a step. Columns are turned by eights: they are whole steps.
const panelUnroll = 4

// floatPanel adds the sums over the columns of some panels to those of the columns before.
func (a *asm) floatPanel(v vector, panels int) {
	a.function(fmt.Sprintf("floatPanelx%d%s", panels, v.level), "func(acc, w *float32, wStride int, x *float32, xStride, cols, groups int)",
		fmt.Sprintf("adds to acc [groups, %d, %d] the products of as many rows with panels [cols, %d]; strides are in bytes, and cols a multiple of %[4]d.", v.panelRows, panels*v.bytes/4, v.bytes/4, panelUnroll))
	acc := a.Load(a.Param("acc"), a.GP64())
	w := a.Load(a.Param("w"), a.GP64())
	rows := a.strided(w, a.Load(a.Param("wStride"), a.GP64()), v.panelRows)
	x, xStride := a.GP64(), a.Load(a.Param("xStride"), a.GP64())
	columns := strided{a, []reg.Register{x}, xStride}
	cols, groups, next := a.GP64(), a.param("groups"), a.GP64() // next is from the last column of a group to the next group
	a.IMUL3Q(U32(uint32(v.panelRows)), rows.stride, next)
	a.Load(a.Param("cols"), cols)
	a.SHLQ(Imm(2), cols)
	a.SUBQ(cols, next)

	a.Label("group")
	a.Load(a.Param("x"), x)
	a.Load(a.Param("cols"), cols)
	sums := make([][]reg.VecVirtual, v.panelRows)
	for r := range sums {
		sums[r] = a.zeros(v, panels)
	}
	a.Label("column")
	for c := range panelUnroll {
		tokens := make([]reg.VecVirtual, panels)
		for p := range tokens {
			tokens[p] = v.new(a)
			a.VMOVUPS(columns.at(p).Offset(c*v.bytes), tokens[p])
		}
		for r := range sums {
			weight := v.new(a)
			a.VBROADCASTSS(rows.at(r).Offset(4*c), weight)
			for p, sum := range sums[r] {
				a.VFMADD231PS(weight, tokens[p], sum)
			}
		}
	}
	rows.advance(4 * panelUnroll)
	columns.advance(v.bytes * panelUnroll)
	a.SUBQ(Imm(panelUnroll), cols)
	a.JNE(LabelRef("column"))
	for r := range sums {
		for p, sum := range sums[r] {
			at := Mem{Base: acc, Disp: (panels*r + p) * v.bytes}
			a.VADDPS(at, sum, sum)
			a.VMOVUPS(sum, at)
		}
	}
	a.ADDQ(U32(uint32(v.panelRows*panels*v.bytes)), acc)
	for _, b := range rows.bases {
		a.ADDQ(next, b)
	}
	a.DECQ(groups)
	a.JNE(LabelRef("group"))
	a.end()
}
