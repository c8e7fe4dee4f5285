package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes is where a pass over rows of float32 stands. What the pass does is written once, for registers of either size;
// behind the whole registers it is done once more for the numbers that are left, whose lanes are masked.
type lanes struct {
	*asm
	vector
	width  int // numbers of a step
	bytes  int // that they take
	part   int // of the steps that are unrolled, 0 …
	masked bool
	k      reg.OpmaskVirtual // the mask of the last step, of 512 bits,
	ones   reg.VecVirtual    // or of 256
}

// over goes over n numbers of some rows, unrolled so many times. It changes n and the rows' pointers.
func (a *asm) over(v vector, n reg.Register, unroll int, rows []reg.Register, body func(l *lanes)) {
	l := &lanes{asm: a, vector: v, width: v.bytes / 4, bytes: v.bytes}
	l.over(n, unroll, rows, body)
}

// overDoubles goes over rows of float32 that are computed with in float64.
func (a *asm) overDoubles(v vector, n reg.Register, unroll int, rows []reg.Register, body func(l *lanes)) {
	l := &lanes{asm: a, vector: v, width: v.bytes / 8, bytes: v.bytes / 2}
	l.over(n, unroll, rows, body)
}

func (l *lanes) over(n reg.Register, unroll int, rows []reg.Register, body func(l *lanes)) {
	steps := []int{unroll, 1}
	if unroll == 1 {
		steps = steps[1:]
	}
	for _, parts := range steps {
		loop, end := l.label("loop"), l.label("end")
		l.Label(loop)
		l.CMPQ(n, U32(uint32(parts*l.width)))
		l.JLT(LabelRef(end))
		for l.part = range parts {
			body(l)
		}
		for _, r := range rows {
			l.ADDQ(U32(uint32(parts*l.bytes)), r)
		}
		l.SUBQ(U32(uint32(parts*l.width)), n)
		l.JMP(LabelRef(loop))
		l.Label(end)
	}
	done := l.label("done")
	l.TESTQ(n, n)
	l.JE(LabelRef(done))
	l.part, l.masked = 0, true
	l.mask(n)
	body(l)
	l.Label(done)
}

// mask prepares the lanes of the last n numbers.
func (l *lanes) mask(n reg.Register) {
	if l.vector.bytes == 64 {
		bits := l.GP32()
		l.MOVL(U32(1), bits)
		l.SHLXL(n.(reg.GP).As32(), bits, bits)
		l.DECL(bits)
		l.k = l.K()
		l.KMOVW(bits, l.k)
		return
	}
	table, at := l.GP64(), l.GP64()
	l.LEAQ(l.table("laneMask", maskWords), table)
	l.MOVQ(U32(8), at)
	l.SUBQ(n, at)
	l.ones = l.vector.new(l.asm)
	l.VMOVDQU(Mem{Base: table, Index: at, Scale: 4}, l.ones)
}

// negativeInfinity is less than any number.
var negativeInfinity = float32(math.Inf(-1))

// magnitudeBits has all bits but the sign.
var magnitudeBits = math.Float32frombits(math.MaxInt32)

// maskWords has a mask of n lanes at word 8−n.
var maskWords = append(repeated(math.MaxUint32, 8), repeated(0, 8)...)

// half is a register of half the size.
func (v vector) half(a *asm) reg.VecVirtual {
	if v.bytes == 64 {
		return a.YMM()
	}
	return a.XMM()
}

func (l *lanes) at(row reg.Register) Mem { return Mem{Base: row, Disp: l.part * l.bytes} }

// load reads the numbers of a row; masked lanes are zeros.
func (l *lanes) load(row reg.Register) reg.VecVirtual {
	x := l.vector.new(l.asm)
	switch {
	case !l.masked:
		l.VMOVUPS(l.at(row), x)
	case l.vector.bytes == 64:
		l.VMOVUPS_Z(l.at(row), l.k, x)
	default:
		l.VMASKMOVPS(l.at(row), l.ones, x)
	}
	return x
}

// loadOr is load with the lanes of other where they are masked.
func (l *lanes) loadOr(row reg.Register, other reg.VecVirtual) reg.VecVirtual {
	x := l.load(row)
	if l.masked {
		return l.orElse(x, other)
	}
	return x
}

// orElse returns x, with the lanes of other where they are masked.
func (l *lanes) orElse(x, other reg.VecVirtual) reg.VecVirtual {
	y := l.vector.new(l.asm)
	switch {
	case !l.masked:
		return x
	case l.vector.bytes == 64:
		l.VBLENDMPS(x, other, l.k, y)
	default:
		l.VBLENDVPS(l.ones, x, other, y)
	}
	return y
}

// loadDoubles reads the numbers of a row as float64.
func (l *lanes) loadDoubles(row reg.Register) reg.VecVirtual {
	x := l.vector.new(l.asm)
	switch {
	case !l.masked:
		l.VCVTPS2PD(l.at(row), x)
	case l.vector.bytes == 64:
		l.VCVTPS2PD_Z(l.at(row), l.k, x)
	default:
		narrow := l.XMM()
		l.VMASKMOVPS(l.at(row), l.ones.AsX(), narrow)
		l.VCVTPS2PD(narrow, x)
	}
	return x
}

// orElseDoubles is orElse for lanes of float64.
func (l *lanes) orElseDoubles(x, other reg.VecVirtual) reg.VecVirtual {
	y := l.vector.new(l.asm)
	switch {
	case !l.masked:
		return x
	case l.vector.bytes == 64:
		l.VBLENDMPD(x, other, l.k, y)
	default:
		l.VPMOVSXDQ(l.ones.AsX(), y)
		l.VBLENDVPD(y, x, other, y)
	}
	return y
}

// store writes the lanes of x that are not masked.
func (l *lanes) store(x reg.VecVirtual, row reg.Register) {
	switch {
	case !l.masked:
		l.VMOVUPS(x, l.at(row))
	case l.vector.bytes == 64:
		l.VMOVUPS(x, l.k, l.at(row))
	default:
		l.VMASKMOVPS(x, l.ones, l.at(row))
	}
}

// storeDoubles writes lanes of float64, rounded.
func (l *lanes) storeDoubles(x reg.VecVirtual, row reg.Register) {
	narrow := l.vector.half(l.asm)
	if l.vector.bytes == 64 {
		l.VCVTPD2PS(x, narrow)
	} else {
		l.VCVTPD2PSY(x, narrow)
	}
	switch {
	case !l.masked:
		l.VMOVUPS(narrow, l.at(row))
	case l.vector.bytes == 64:
		l.VMOVUPS(narrow, l.k, l.at(row))
	default:
		l.VMASKMOVPS(narrow, l.ones.AsX(), l.at(row))
	}
}

// zeros returns n registers of zeros.
func (a *asm) zeros(v vector, n int) []reg.VecVirtual {
	list := make([]reg.VecVirtual, n)
	for i := range list {
		list[i] = v.new(a)
		a.VXORPS(list[i], list[i], list[i])
	}
	return list
}

// together combines registers pairwise into the first, and then its lanes, all into the first lane.
func (a *asm) together(v vector, list []reg.VecVirtual, lane int, combine func(from, x reg.Register)) reg.Register {
	for n := len(list); n > 1; n /= 2 {
		for i := range n / 2 {
			combine(list[i+n/2], list[i])
		}
	}
	x := list[0]
	if v.bytes == 64 {
		high := a.YMM()
		a.VEXTRACTF64X4(Imm(1), x, high)
		combine(high, x.AsY())
	}
	high := a.XMM()
	a.VEXTRACTF128(Imm(1), x.AsY(), high)
	combine(high, x.AsX())
	a.VPSHUFD(Imm(0x4e), x.AsX(), high) // the upper half
	combine(high, x.AsX())
	if lane == 4 {
		a.VPSHUFD(Imm(0xb1), x.AsX(), high) // neighbours
		combine(high, x.AsX())
	}
	return x.AsX()
}

// broadcast fills a register with a number that a function has as its parameter.
func (a *asm) broadcast(v vector, param string) reg.VecVirtual {
	x := v.new(a)
	a.VBROADCASTSS(a.param(param), x)
	return x
}

// param is where a parameter lies.
func (a *asm) param(name string) Mem {
	p, err := a.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// table is memory with these words. The same name is the same table within a unit.
func (a *asm) table(name string, words []uint32) Mem {
	if a.tables == nil {
		a.tables = map[string]Mem{}
	}
	if m, ok := a.tables[name]; ok {
		return m
	}
	m := a.StaticGlobal(name)
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for _, w := range words {
		a.AppendDatum(U32(w))
	}
	a.tables[name] = m
	return m
}

// number is a float32 in all lanes: memory for registers of 256 bits, of which there are few, else a register. It must be
// asked for outside of loops.
func (a *asm) number(v vector, f float32) Op {
	bits := math.Float32bits(f)
	m := a.table(fmt.Sprintf("number%08x", bits), repeated(bits, 8))
	if v.bytes == 32 {
		return m
	}
	x := v.new(a)
	a.VBROADCASTSS(m, x)
	return x
}

func repeated(word uint32, n int) []uint32 {
	words := make([]uint32, n)
	for i := range words {
		words[i] = word
	}
	return words
}

// label returns a label that no other place of the function has.
func (a *asm) label(name string) string {
	a.labels++
	return fmt.Sprintf("%s%d", name, a.labels)
}
