package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// floatRows is the number of rows of weights that are multiplied together.
const floatRows = 4

// floats builds the products of float weights: four rows, of which as many numbers as a register has lanes are taken at
// a time, with so many tokens. Every lane is a sum of its own, by fused multiply-add.
func floats(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.floatSums(v)
		for _, w := range v.floatWidths {
			for _, typ := range []string{"F32", "F16", "BF16"} {
				if w == 1 && v.bytes == 64 {
					a.floatRows(v, typ)
				} else {
					a.floatTile(v, typ, w)
				}
			}
		}
	}
}

// vector is a kind of register.
type vector struct {
	level       string
	bytes       int
	floatWidths []int // tokens of a float tile
	panelRows   int   // that panels of tokens are multiplied by
	new         func(*asm) reg.VecVirtual
}

var (
	zmm = vector{"AVX512", 64, []int{1, 2, 4, 6}, 12, func(a *asm) reg.VecVirtual { return a.ZMM() }}
	ymm = vector{"AVX2", 32, []int{1, 2}, 6, func(a *asm) reg.VecVirtual { return a.YMM() }}
)

// floats loads numbers of a type and makes them float32.
func (a *asm) floats(typ string, m Mem, x reg.VecVirtual) {
	switch typ {
	case "F32":
		a.VMOVUPS(m, x)
	case "F16":
		a.VCVTPH2PS(m, x)
	case "BF16":
		a.VPMOVZXWD(m, x)
		a.VPSLLD(Imm(16), x, x)
	}
}

// floatFunction begins a product, and returns the size of a number of weights.
func (a *asm) floatFunction(v vector, typ string, width int) (size int) {
	a.function(fmt.Sprintf("float%sx%d%s", typ, width, v.level),
		"func(acc *float32, w *byte, wStride int, x *float32, xStride, steps int)",
		fmt.Sprintf("adds to acc [4, %d, %d] the products of four rows with %d tokens, lane by lane, over steps·%d columns; strides are in bytes.", width, v.bytes/4, width, v.bytes/4))
	return map[string]int{"F32": 4, "F16": 2, "BF16": 2}[typ]
}

// floatAhead is how far ahead of them weights are asked for: as many as come while memory is waited for.
const floatAhead = 8 << 10

// floatRows builds the product with one token. It takes a row after the other, since memory is fastest where it is read
// in one run. (With fewer lanes a row alone would wait for its sum.)
func (a *asm) floatRows(v vector, typ string) {
	size := a.floatFunction(v, typ, 1)
	acc, w := a.Load(a.Param("acc"), a.GP64()), a.Load(a.Param("w"), a.GP64())
	stride, first := a.Load(a.Param("wStride"), a.GP64()), a.Load(a.Param("x"), a.GP64())
	rows, row, x, steps := a.GP64(), a.GP64(), a.GP64(), a.GP64()
	a.MOVQ(U32(floatRows), rows)
	a.Label("row")
	a.MOVQ(w, row)
	a.MOVQ(first, x)
	a.Load(a.Param("steps"), steps)
	sum := v.new(a)
	a.VMOVUPS(Mem{Base: acc}, sum)
	a.Label("step")
	weights := v.new(a)
	a.floats(typ, Mem{Base: row}, weights)
	a.PREFETCHT1(Mem{Base: row, Disp: floatAhead})
	a.VFMADD231PS(Mem{Base: x}, weights, sum)
	a.ADDQ(U32(uint32(size*v.bytes/4)), row)
	a.ADDQ(U32(uint32(v.bytes)), x)
	a.DECQ(steps)
	a.JNE(LabelRef("step"))
	a.VMOVUPS(sum, Mem{Base: acc})
	a.ADDQ(U32(uint32(v.bytes)), acc)
	a.ADDQ(stride, w)
	a.DECQ(rows)
	a.JNE(LabelRef("row"))
	a.VZEROUPPER()
	a.RET()
}

func (a *asm) floatTile(v vector, typ string, width int) {
	size := a.floatFunction(v, typ, width)
	acc := a.Load(a.Param("acc"), a.GP64())
	w := a.Load(a.Param("w"), a.GP64())
	wStride := a.Load(a.Param("wStride"), a.GP64())
	x := a.Load(a.Param("x"), a.GP64())
	xStride := a.Load(a.Param("xStride"), a.GP64())
	steps := a.Load(a.Param("steps"), a.GP64())
	rows, tokens := a.strided(w, wStride, floatRows), a.strided(x, xStride, width)
	var next strided // rows
	if width == 1 {
		first := a.GP64()
		a.LEAQ(Mem{Base: w, Index: wStride, Scale: floatRows}, first)
		next = a.strided(first, wStride, floatRows)
	}

	var sums [floatRows][6]reg.VecVirtual
	at := func(r, t int) Mem { return Mem{Base: acc, Disp: (r*width + t) * v.bytes} }
	for r := range floatRows {
		for t := range width {
			sums[r][t] = v.new(a)
			a.VMOVUPS(at(r, t), sums[r][t])
		}
	}
	a.Label("step")
	var weights [floatRows]reg.VecVirtual
	for r := range weights {
		weights[r] = v.new(a)
		a.floats(typ, rows.at(r), weights[r])
		if width == 1 {
			a.PREFETCHT1(next.at(r))
		}
	}
	for t := range width {
		y := v.new(a)
		a.VMOVUPS(tokens.at(t), y)
		for r := range weights {
			a.VFMADD231PS(y, weights[r], sums[r][t])
		}
	}
	rows.advance(size * v.bytes / 4)
	tokens.advance(v.bytes)
	next.advance(size * v.bytes / 4)
	a.DECQ(steps)
	a.JNE(LabelRef("step"))
	for r := range floatRows {
		for t := range width {
			a.VMOVUPS(sums[r][t], at(r, t))
		}
	}
	a.VZEROUPPER()
	a.RET()
}

// strided addresses a few rows that are stride bytes apart, with a base for every three.
type strided struct {
	*asm
	bases  []reg.Register
	stride reg.Register
}

func (a *asm) strided(first, stride reg.Register, n int) strided {
	s := strided{a, []reg.Register{first}, stride}
	for len(s.bases)*3 < n {
		b := a.GP64()
		a.LEAQ(Mem{Base: s.bases[len(s.bases)-1], Index: stride, Scale: 2}, b)
		a.ADDQ(stride, b)
		s.bases = append(s.bases, b)
	}
	return s
}

func (s strided) at(i int) Mem {
	m := Mem{Base: s.bases[i/3]}
	if i%3 > 0 {
		m.Index, m.Scale = s.stride, uint8(i%3)
	}
	return m
}

func (s strided) advance(bytes int) {
	for _, b := range s.bases {
		s.ADDQ(U32(uint32(bytes)), b)
	}
}

// floatSums builds the reduction of the lanes of float tiles.
func (a *asm) floatSums(v vector) {
	a.function("floatSums"+v.level, "func(sums, acc *float32, width int)",
		fmt.Sprintf("writes the sums over lanes of acc [4, width, %d] to sums [width, 4].", v.bytes/4))
	sums := a.Load(a.Param("sums"), a.GP64())
	acc := a.Load(a.Param("acc"), a.GP64())
	width := a.Load(a.Param("width"), a.GP64())
	stride := a.GP64()
	a.IMUL3Q(U32(uint32(v.bytes)), width, stride)
	rows := a.strided(acc, stride, floatRows)
	a.Label("token")
	var pairs [2]reg.VecVirtual // lanes of rows 2i and 2i+1, those two apart added
	for i := range pairs {
		x, y, high := v.new(a), v.new(a), v.new(a)
		a.VMOVUPS(rows.at(2*i), x)
		a.VMOVUPS(rows.at(2*i+1), y)
		pairs[i] = v.new(a)
		a.VUNPCKLPS(y, x, pairs[i])
		a.VUNPCKHPS(y, x, high)
		a.VADDPS(high, pairs[i], pairs[i])
	}
	low, high := v.new(a), v.new(a)
	a.VUNPCKLPD(pairs[1], pairs[0], low)
	a.VUNPCKHPD(pairs[1], pairs[0], high)
	a.VADDPS(high, low, low)
	if v.bytes == 64 {
		half := a.YMM()
		a.VEXTRACTF64X4(Imm(1), low, half)
		a.VADDPS(half, low.AsY(), low.AsY())
	}
	quarter := a.XMM()
	if v.bytes == 64 {
		a.VEXTRACTF32X4(Imm(1), low.AsY(), quarter)
	} else {
		a.VEXTRACTF128(Imm(1), low, quarter)
	}
	a.VADDPS(quarter, low.AsX(), quarter)
	a.VMOVUPS(quarter, Mem{Base: sums})
	a.ADDQ(Imm(16), sums)
	rows.advance(v.bytes)
	a.DECQ(width)
	a.JNE(LabelRef("token"))
	a.VZEROUPPER()
	a.RET()
}
