package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// floatRows is the number of rows of weights that are multiplied together.
const floatRows = 4

// floatLanes is how many partial sums an output has, each by fused multiply-add: so many that none waits for another,
// though they be of one row and one token.
const floatLanes = 32

// floats builds the products of float weights: four rows with so many tokens.
func floats(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.floatSums(v)
		for _, w := range v.floatWidths {
			for _, typ := range []string{"F32", "F16", "BF16"} {
				a.floatTile(v, typ, w, far)
			}
		}
	}
	a.floatTile(zmm, "F32", 1, far) // of one token the others take 256 bits unless near: faster to convert, as measured on Zen 4
	for _, typ := range []string{"F32", "F16", "BF16"} {
		a.floatTile(ymm, typ, 1, inPairs)
		a.floatTile(ymm, typ, 1, near)
	}
	for _, typ := range []string{"F16", "BF16"} {
		a.floatTile(zmm, typ, 1, near)
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
	zmm = vector{"AVX512", 64, []int{2, 4, 6}, 12, func(a *asm) reg.VecVirtual { return a.ZMM() }}
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

// floatAhead is how far ahead of them weights are asked for: as many as come while memory is waited for.
const floatAhead = 8 << 10

var floatOrders = map[reading]string{
	far:     "lane by lane",
	inPairs: "two rows at a time",
	near:    "asking for what follows into the first cache",
}

// floatTile builds the product with so many tokens. With one it takes a row after the other, or two. With more it takes all
// rows, and a register of lanes after the other, since there are no more.
func (a *asm) floatTile(v vector, typ string, width int, how reading) {
	size := map[string]int{"F32": 4, "F16": 2, "BF16": 2}[typ]
	together := 1
	if how == inPairs {
		together = 2
	}
	a.function(fmt.Sprintf("float%sx%d%s%s", typ, width, how, v.level),
		"func(acc *float32, w *byte, wStride int, x *float32, xStride, steps int)",
		fmt.Sprintf("adds to acc [4, tokens = %d, %d] the products of four rows with as many tokens, %s, over steps·%[2]d columns; strides are in bytes.", width, floatLanes, floatOrders[how]))
	acc, w, x := a.Load(a.Param("acc"), a.GP64()), a.Load(a.Param("w"), a.GP64()), a.Load(a.Param("x"), a.GP64())
	wStride, xStride := a.Load(a.Param("wStride"), a.GP64()), a.Load(a.Param("xStride"), a.GP64())
	turns, rows, parts := floatLanes/v.lanes(), floatRows, 1
	if width == 1 {
		turns, rows, parts = floatRows/together, together, turns
	}
	unasked := width > 1 || how == inPairs || v.bytes == 64 && typ == "F32" // by 512 bits F32 comes faster so, as measured on Zen 5
	left, steps, first := a.GP64(), a.GP64(), [2]reg.Register{a.GP64(), a.GP64()}
	a.MOVQ(U32(uint32(turns)), left)
	a.Label("turn")
	a.MOVQ(w, first[0])
	a.MOVQ(x, first[1])
	weights, tokens := a.strided(first[0], wStride, rows), a.strided(first[1], xStride, width)
	a.Load(a.Param("steps"), steps)
	at := func(row, t, part int) Mem { return Mem{Base: acc, Disp: (row*width+t)*4*floatLanes + part*v.bytes} }
	sums := map[Mem]reg.VecVirtual{}
	for r := range rows {
		for t := range width {
			for part := range parts {
				sum := v.new(a)
				a.VMOVUPS(at(r, t, part), sum)
				sums[at(r, t, part)] = sum
			}
		}
	}
	a.Label("step")
	for part := range parts {
		column := make([]reg.VecVirtual, rows)
		for r := range column {
			column[r] = v.new(a)
			disp := part * size * v.lanes()
			a.floats(typ, weights.at(r).Offset(disp), column[r])
			if !unasked && disp%64 == 0 {
				a.askForFloats(weights.at(r).Offset(floatAhead+disp), how)
			}
		}
		for t := range width {
			y := v.new(a)
			a.VMOVUPS(tokens.at(t).Offset(part*v.bytes), y)
			for r := range column {
				a.VFMADD231PS(y, column[r], sums[at(r, t, part)])
			}
		}
	}
	weights.advance(size * floatLanes)
	tokens.advance(4 * floatLanes)
	a.DECQ(steps)
	a.JNE(LabelRef("step"))
	for r := range rows {
		for t := range width {
			for part := range parts {
				a.VMOVUPS(sums[at(r, t, part)], at(r, t, part))
			}
		}
	}
	if width == 1 {
		for range rows {
			a.ADDQ(wStride, w)
		}
		a.ADDQ(U32(uint32(rows*4*floatLanes)), acc)
	} else {
		a.ADDQ(U32(uint32(size*v.lanes())), w)
		a.ADDQ(U32(uint32(v.bytes)), x)
		a.ADDQ(U32(uint32(v.bytes)), acc)
	}
	a.DECQ(left)
	a.JNE(LabelRef("turn"))
	a.end()
}

// askForFloats asks for a line of weights. Near, it leaves the first cache soon, where inputs are that are larger than those
// of blocks: 3 % faster with F16 than PREFETCHT0, as measured on Zen 5.
func (a *asm) askForFloats(m Mem, how reading) {
	if how == near {
		a.PREFETCHNTA(m)
		return
	}
	a.PREFETCHT1(m)
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

// floatSums builds the reduction of the lanes of float tiles. Lanes that are half of them apart come first, as whole
// registers; then those of 128 bits; then what is left: the same order for registers of any size.
func (a *asm) floatSums(v vector) {
	a.function("floatSums"+v.level, "func(sums, acc *float32, width int)",
		fmt.Sprintf("writes the sums over lanes of acc [4, width, %d] to sums [width, 4].", floatLanes))
	sums := a.Load(a.Param("sums"), a.GP64())
	acc := a.Load(a.Param("acc"), a.GP64())
	width := a.Load(a.Param("width"), a.GP64())
	stride := a.GP64()
	a.IMUL3Q(U32(4*floatLanes), width, stride)
	rows := a.strided(acc, stride, floatRows)
	a.Label("token")
	pieces := make([]reg.VecVirtual, 64/v.bytes) // of 16 lanes, those of four rows in each 128 bits
	for i := range pieces {
		var pairs [2]reg.VecVirtual // lanes of rows 2i and 2i+1, those two apart added
		for pair := range pairs {
			x, y, high := a.halvesAdded(v, rows.at(2*pair), i), a.halvesAdded(v, rows.at(2*pair+1), i), v.new(a)
			pairs[pair] = v.new(a)
			a.VUNPCKLPS(y, x, pairs[pair])
			a.VUNPCKHPS(y, x, high)
			a.VADDPS(high, pairs[pair], pairs[pair])
		}
		high := v.new(a)
		pieces[i] = v.new(a)
		a.VUNPCKLPD(pairs[1], pairs[0], pieces[i])
		a.VUNPCKHPD(pairs[1], pairs[0], high)
		a.VADDPS(high, pieces[i], pieces[i])
	}
	low := pieces[0]
	if v.bytes == 64 {
		half := a.YMM()
		a.VEXTRACTF64X4(Imm(1), low, half)
		a.VADDPS(half, low.AsY(), low.AsY())
	} else {
		a.VADDPS(pieces[1], low, low)
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
	rows.advance(4 * floatLanes)
	a.DECQ(width)
	a.JNE(LabelRef("token"))
	a.end()
}

// halvesAdded returns piece i of a row's first half of lanes, with that of the second added.
func (a *asm) halvesAdded(v vector, row Mem, i int) reg.VecVirtual {
	x := v.new(a)
	a.VMOVUPS(row.Offset(i*v.bytes), x)
	a.VADDPS(row.Offset(i*v.bytes+2*floatLanes), x, x)
	return x
}
