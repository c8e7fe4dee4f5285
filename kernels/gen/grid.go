package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const panelCols = 256

// grid is a table of package kernels: the codes, all signs positive, of each point that the file names by its number.
type grid struct {
	name  string
	codes int // of a point: 4 or 8
}

// lookUpGrid gathers the points of 256 columns. A body of its own takes row after row: index puts the number
// of point g into i, and may use a second register.
func (p *panel) lookUpGrid(t grid, index func(row reg.Register, g int, i, j reg.GPVirtual)) *rows {
	table, row, to, i, j := p.GP64(), p.GP64(), p.GP64(), p.GP64(), p.GP64()
	points, left := p.AllocLocal(p.lanes()*panelCols), p.AllocLocal(8)
	p.LEAQ(NewDataAddr(Symbol{Name: "·" + t.name}, 0), table)
	p.MOVQ(p.bases[0], row)
	p.LEAQ(points, to)
	p.MOVQ(U32(p.lanes()), left)
	p.Label("row")
	for g := range panelCols / t.codes {
		index(row, g, i, j)
		from, at := Mem{Base: table, Index: i, Scale: uint8(t.codes)}, Mem{Base: to, Disp: t.codes * g}
		if t.codes == 8 {
			p.MOVQ(from, i)
			p.MOVQ(i, at)
		} else {
			p.MOVL(from, i.As32())
			p.MOVL(i.As32(), at)
		}
	}
	p.ADDQ(p.stride, row)
	p.ADDQ(U32(panelCols), to)
	p.DECQ(left)
	p.JNE(LabelRef("row"))
	return &rows{asm: p.asm, vector: p.vector, local: points}
}

// byteIndex is the index of formats that have a byte for each point.
func (p *panel) byteIndex(disp int) func(row reg.Register, g int, i, _ reg.GPVirtual) {
	return func(row reg.Register, g int, i, _ reg.GPVirtual) { p.MOVBLZX(Mem{Base: row, Disp: disp + g}, i.As32()) }
}

// highBits adds to index i the n bits from bit first on of the byte or word at m.
func (p *panel) highBits(i, j reg.GPVirtual, m Mem, first, n int) {
	p.MOVWLZX(m, j.As32())
	if first < 8 {
		p.SHLL(U8(8-first), j.As32())
	} else if first > 8 {
		p.SHRL(U8(first-8), j.As32())
	}
	p.ANDL(U32(1<<n-1)<<8, j.As32())
	p.ORL(j.As32(), i.As32())
}

// signedBlock unpacks a block whose points are in the rows given: the codes are above the offset by what they have to be
// below it where a bit of signs is set.
func (p *panel) signedBlock(block int, points *rows, signs reg.VecVirtual) {
	for half := range 2 {
		for j, c := range points.columns(32*block + 16*half) {
			j += 4 * half
			p.mirrorWhere(p.bitMask(signs, j), uint32(2*p.offset)*each, c)
			p.code(block, j, c)
		}
	}
}

// evenSigns puts after each seven signs in the bytes of v the one that makes the number of negative weights even.
func (p *panel) evenSigns(v reg.VecVirtual) {
	odd := constant{0, 0x80, 0x80, 0, 0x80, 0, 0, 0x80, 0x80, 0, 0, 0x80, 0, 0x80, 0x80, 0}
	p.xor3(p.lookUp(p.low(v), odd), p.lookUp(p.high(v), odd), v)
}

// sevens returns the four numbers of seven bits at the bottom of each lane, as bytes.
func (p *panel) sevens(v reg.VecVirtual) reg.VecVirtual {
	x := p.field(v, 0, 0x7f)
	for i := 1; i < 4; i++ {
		p.merge(x, v, -i, 0x7f<<(8*i))
	}
	return x
}

// halfSteps returns d·(n + 1/2)·unit, and oddSteps d·(2n + 1)·unit, where unit is a power of two.
func (p *panel) halfSteps(n, d reg.VecVirtual, unit float32) reg.VecVirtual {
	x := p.register()
	p.VCVTDQ2PS(n, x)
	p.VADDPS(p.word(math.Float32bits(0.5)), x, x)
	p.VMULPS(d, x, x)
	p.VMULPS(p.word(math.Float32bits(unit)), x, x)
	return x
}

func (p *panel) oddSteps(n, d reg.VecVirtual, unit float32) reg.VecVirtual {
	x := p.register()
	p.VPADDD(n, n, x)
	p.or(p.word(1), x, x)
	x = p.product(x, d)
	if unit != 1 {
		p.VMULPS(p.word(math.Float32bits(unit)), x, x)
	}
	return x
}
