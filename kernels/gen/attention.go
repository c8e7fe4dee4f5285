package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// attnBlock is the number of cells that attention takes together, as in package kernels.
const attnBlock = 64

// attentions builds what attention does with a block of cells: it turns their keys, so that a register has one dimension
// of many; multiplies queries by them, and the results by values; and takes the softmax in between.
func attentions(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.transpose(v)
		for _, rows := range []int{4, 2, 1} {
			for _, cols := range []int{v.bytes / 16, 1} {
				a.mulAdd(v, rows, cols)
			}
		}
		a.softmaxRows(v)
		a.divideRows(v)
	}
	a.prefetchRows()
}

// transpose takes as many rows as a register has lanes, and as many of their numbers in a step.
func (a *asm) transpose(v vector) {
	lanes := v.bytes / 4
	a.function("transpose"+v.level, "func(dst *float32, dstStride int, rows *float32, stride, steps int)",
		fmt.Sprintf("writes %d·steps columns of %d rows to dst; strides are in bytes.", lanes, lanes))
	dst := a.strided(a.Load(a.Param("dst"), a.GP64()), a.Load(a.Param("dstStride"), a.GP64()), 4)
	rows := a.strided(a.Load(a.Param("rows"), a.GP64()), a.Load(a.Param("stride"), a.GP64()), lanes)
	steps := a.Load(a.Param("steps"), a.GP64())
	a.Label("step")
	for col := 0; col < lanes; col += 4 {
		for j, column := range a.fourColumns(v, rows, 4*col) {
			a.VMOVUPS(column, dst.at(j))
		}
		for _, b := range dst.bases {
			a.LEAQ(Mem{Base: b, Index: dst.stride, Scale: 4}, b)
		}
	}
	rows.advance(v.bytes)
	a.DECQ(steps)
	a.JNE(LabelRef("step"))
	a.end()
}

// fourColumns reads four numbers of each row and turns them: register j has number j of row i in lane i.
func (a *asm) fourColumns(v vector, rows strided, disp int) (columns [4]reg.VecVirtual) {
	var z [4]reg.VecVirtual // of rows i, i+4, …
	for i := range z {
		z[i] = v.new(a)
		a.VMOVUPS(rows.at(i).Offset(disp), z[i].AsX())
		for quarter := 1; quarter < v.bytes/16; quarter++ {
			m := rows.at(i + 4*quarter).Offset(disp)
			if v.bytes == 64 {
				a.VINSERTF32X4(Imm(uint64(quarter)), m, z[i], z[i])
			} else {
				a.VINSERTF128(Imm(uint64(quarter)), m, z[i], z[i])
			}
		}
	}
	var low, high [2]reg.VecVirtual
	for i := range 2 {
		low[i], high[i] = v.new(a), v.new(a)
		a.VUNPCKLPS(z[2*i+1], z[2*i], low[i])
		a.VUNPCKHPS(z[2*i+1], z[2*i], high[i])
	}
	for j := range columns {
		columns[j] = v.new(a)
	}
	a.VUNPCKLPD(low[1], low[0], columns[0])
	a.VUNPCKHPD(low[1], low[0], columns[1])
	a.VUNPCKLPD(high[1], high[0], columns[2])
	a.VUNPCKHPD(high[1], high[0], columns[3])
	return columns
}

// mulAdd builds the product of a few rows with a few registers of columns. Every output is a chain of fused multiply-adds,
// in the same order for any number of rows and columns.
func (a *asm) mulAdd(v vector, rows, cols int) {
	a.function(fmt.Sprintf("mulAdd%dx%d%s", rows, cols, v.level),
		"func(dst *float32, dstStride int, factors, a *float32, aStride int, b *float32, bStride, inner int)",
		fmt.Sprintf("adds the product of %d rows of a with b to dst times factors, or to nothing without them, %d columns; strides are in bytes.", rows, cols*v.bytes/4))
	dst := a.strided(a.Load(a.Param("dst"), a.GP64()), a.Load(a.Param("dstStride"), a.GP64()), rows)
	left := a.strided(a.Load(a.Param("a"), a.GP64()), a.Load(a.Param("aStride"), a.GP64()), rows)
	b := a.Load(a.Param("b"), a.GP64())
	bStride := a.Load(a.Param("bStride"), a.GP64())
	factors := a.Load(a.Param("factors"), a.GP64())
	inner := a.Load(a.Param("inner"), a.GP64())
	sums := make([][]reg.VecVirtual, rows)
	for r := range sums {
		sums[r] = a.zeros(v, cols)
	}
	a.TESTQ(factors, factors)
	a.JE(LabelRef("inner"))
	for r := range sums {
		factor := v.new(a)
		a.VBROADCASTSS(Mem{Base: factors, Disp: 4 * r}, factor)
		for c, sum := range sums[r] {
			a.VMULPS(dst.at(r).Offset(c*v.bytes), factor, sum)
		}
	}
	a.Label("inner")
	right := make([]reg.VecVirtual, cols)
	for c := range right {
		right[c] = v.new(a)
		a.VMOVUPS(Mem{Base: b, Disp: c * v.bytes}, right[c])
	}
	for r := range sums {
		x := v.new(a)
		a.VBROADCASTSS(left.at(r), x)
		for c := range cols {
			a.VFMADD231PS(right[c], x, sums[r][c])
		}
	}
	left.advance(4)
	a.ADDQ(bStride, b)
	a.DECQ(inner)
	a.JNE(LabelRef("inner"))
	for r := range sums {
		for c, sum := range sums[r] {
			a.VMOVUPS(sum, dst.at(r).Offset(c*v.bytes))
		}
	}
	a.end()
}

// softmaxRows builds a step of the online softmax: the largest score so far, m, becomes that of this block and those
// before, scores become e^(score − m), and what was summed before has to shrink by e^(old m − m).
func (a *asm) softmaxRows(v vector) {
	a.function("softmaxRows"+v.level, "func(scores, most, shrink, sums *float32, rows int)",
		fmt.Sprintf("takes a block of %d scores of each row; sums has 16 lanes for each.", attnBlock))
	scores := a.Load(a.Param("scores"), a.GP64())
	most := a.Load(a.Param("most"), a.GP64())
	shrink := a.Load(a.Param("shrink"), a.GP64())
	sums := a.Load(a.Param("sums"), a.GP64())
	rows := a.Load(a.Param("rows"), a.GP64())
	e := a.exponential(v)
	at := func(i int) Mem { return Mem{Base: scores, Disp: i * v.bytes} }

	a.Label("row")
	largest := [2]reg.VecVirtual{v.new(a), v.new(a)}
	for i := range largest {
		a.VBROADCASTSS(Mem{Base: most}, largest[i])
	}
	for i := range attnBlock * 4 / v.bytes {
		x := v.new(a)
		a.VMOVUPS(at(i), x)
		a.VMAXPS(largest[i%2], x, largest[i%2])
	}
	m, old := v.new(a), v.new(a)
	a.VBROADCASTSS(a.together(v, largest[:], 4, func(y, x reg.Register) { a.VMAXPS(y, x, x) }), m)
	a.VBROADCASTSS(Mem{Base: most}, old)
	a.VMOVSS(m.AsX(), Mem{Base: most})
	a.VSUBPS(m, old, old)
	factor := e.of(old)
	a.VMOVSS(factor.AsX(), Mem{Base: shrink})
	sum := v.new(a)
	a.VMULPS(Mem{Base: sums}, factor, sum)
	for i := range attnBlock * 4 / v.bytes {
		x := v.new(a)
		a.VMOVUPS(at(i), x)
		a.VSUBPS(m, x, x)
		x = e.of(x)
		a.VMOVUPS(x, at(i))
		a.VADDPS(x, sum, sum)
	}
	a.VMOVUPS(sum, Mem{Base: sums})
	a.ADDQ(U32(4*attnBlock), scores)
	a.ADDQ(Imm(4), most)
	a.ADDQ(Imm(4), shrink)
	a.ADDQ(Imm(64), sums)
	a.DECQ(rows)
	a.JNE(LabelRef("row"))
	a.end()
}

// divideRows builds the end of the online softmax.
func (a *asm) divideRows(v vector) {
	a.function("divideRows"+v.level, "func(dst, out, sums *float32, rows, steps int)",
		fmt.Sprintf("writes rows of %d·steps numbers of out, divided by their sums, to dst; sums has 16 lanes for each.", v.bytes/4))
	dst := a.Load(a.Param("dst"), a.GP64())
	out := a.Load(a.Param("out"), a.GP64())
	sums := a.Load(a.Param("sums"), a.GP64())
	rows := a.Load(a.Param("rows"), a.GP64())
	steps := a.Load(a.Param("steps"), a.GP64())
	left := a.GP64()
	one := a.XMM()
	a.VMOVSS(a.number(ymm, 1), one)
	a.Label("row")
	lanes := make([]reg.VecVirtual, 64/v.bytes)
	for i := range lanes {
		lanes[i] = v.new(a)
		a.VMOVUPS(Mem{Base: sums, Disp: i * v.bytes}, lanes[i])
	}
	sum := a.together(v, lanes, 4, func(y, x reg.Register) { a.VADDPS(y, x, x) })
	factor, quotient := v.new(a), a.XMM()
	a.VDIVSS(sum, one, quotient)
	a.VBROADCASTSS(quotient, factor)
	a.MOVQ(steps, left)
	a.Label("step")
	x := v.new(a)
	a.VMULPS(Mem{Base: out}, factor, x)
	a.VMOVUPS(x, Mem{Base: dst})
	a.ADDQ(Imm(uint64(v.bytes)), out)
	a.ADDQ(Imm(uint64(v.bytes)), dst)
	a.DECQ(left)
	a.JNE(LabelRef("step"))
	a.ADDQ(Imm(64), sums)
	a.DECQ(rows)
	a.JNE(LabelRef("row"))
	a.end()
}

func (a *asm) prefetchRows() {
	a.function("prefetchRows", "func(p *byte, stride, rows, lines int)", "asks for the first cache lines of so many rows. It reads nothing, so p may point anywhere.")
	p := a.Load(a.Param("p"), a.GP64())
	stride := a.Load(a.Param("stride"), a.GP64())
	rows := a.Load(a.Param("rows"), a.GP64())
	lines := a.Load(a.Param("lines"), a.GP64())
	at, left := a.GP64(), a.GP64()
	a.Label("row")
	a.MOVQ(p, at)
	a.MOVQ(lines, left)
	a.Label("line")
	a.PREFETCHT1(Mem{Base: at})
	a.ADDQ(Imm(64), at)
	a.DECQ(left)
	a.JNE(LabelRef("line"))
	a.ADDQ(stride, p)
	a.DECQ(rows)
	a.JNE(LabelRef("row"))
	a.RET()
}
