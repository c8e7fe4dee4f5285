package main

import (
	"fmt"
	"iter"
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

// numbers says where a block has the numbers of its points: a byte each, and more bits.
type numbers struct {
	low  func(point int) int // the byte with the lowest eight bits
	more int                 // bits
	high func(point int) int // the bit that the others begin at
}

// points are the codes of 256 columns. Their blocks are unpacked with what else the format has for them.
type points interface {
	// signedBlock: a set bit of each row's word turns a code's sign.
	signedBlock(block int, signs reg.VecVirtual)
	// signedBlocks does that for all blocks, with the bits of 32 bytes from disp on.
	signedBlocks(disp int)
	// shiftedBlock: all points, or each of them, have a bit of word that makes their shift negative.
	shiftedBlock(block int, word Op, at ...int)
}

// pointColumns are points with four codes of each row in the row's lane.
type pointColumns struct {
	*panel
	each func(disp int) iter.Seq2[int, reg.VecVirtual] // the columns of the 32 codes from disp on
}

// lookUpGrid looks up the points of 256 columns. A body of its own takes row after row, where registers have no codebook.
func (p *panel) lookUpGrid(t grid, n numbers) points {
	switch {
	case p.codebooks:
		return &pointColumns{p, p.codebook(t, n).each}
	case p.dot != nil && p.bytes == 32:
		return p.pointRows(t, n)
	}
	table, row, to, i := p.GP64(), p.GP64(), p.GP64(), p.GP64()
	local, left := p.AllocLocal(p.lanes()*panelCols), p.AllocLocal(8)
	p.LEAQ(NewDataAddr(Symbol{Name: "·grid" + t.name}, 0), table)
	p.MOVQ(p.bases[0], row)
	p.LEAQ(local, to)
	p.MOVQ(U32(p.lanes()), left)
	number := p.numbersOf(n, panelCols/t.codes)
	p.Label("row")
	next := number(row)
	together := 16 / t.codes // points that are stored at a time
	for point := 0; point < panelCols/t.codes; point += together {
		x := p.XMM()
		for k := range together {
			next(point+k, i)
			p.insertPoint(t, k, Mem{Base: table, Index: i, Scale: uint8(t.codes)}, x)
		}
		p.VMOVDQU(x, Mem{Base: to, Disp: t.codes * point})
	}
	p.ADDQ(p.stride, row)
	p.ADDQ(U32(panelCols), to)
	p.DECQ(left)
	p.JNE(LabelRef("row"))
	r := &rows{asm: p.asm, vector: p.vector, local: local, step: panelCols}
	return &pointColumns{p, r.each}
}

// inWords reports whether a number and what else is in its word lie together.
func (n numbers) inWords() bool { return n.low(1)-n.low(0) == 2 }

// numbersOf prepares a row, and returns what puts the number of a point into i.
func (p *panel) numbersOf(n numbers, points int) func(row reg.Register) func(point int, i reg.GPVirtual) {
	switch {
	case n.inWords():
		return p.wordNumbers(n)
	case n.more > 0:
		return p.longNumbers(n, points)
	}
	return func(row reg.Register) func(point int, i reg.GPVirtual) {
		return p.fours(8, func(point int, w reg.GPVirtual) { p.MOVL(Mem{Base: row, Disp: n.low(point)}, w.As32()) })
	}
}

// insertPoint puts the codes of a point into place k of x.
func (p *panel) insertPoint(t grid, k int, from Mem, x reg.VecVirtual) {
	switch {
	case k == 0 && t.codes == 8:
		p.VMOVQ(from, x)
	case k == 0:
		p.VMOVD(from, x)
	case t.codes == 8:
		p.VPINSRQ(Imm(uint64(k)), from, x, x)
	default:
		p.VPINSRD(Imm(uint64(k)), from, x, x)
	}
}

// fours takes numbers of 8 or 16 bits, one after the other, from the bottom of a register that load fills for each four
// points: to read memory for each of them takes longer.
func (p *panel) fours(bits int, load func(point int, w reg.GPVirtual)) func(point int, i reg.GPVirtual) {
	w := p.GP64()
	return func(point int, i reg.GPVirtual) {
		if point%4 == 0 {
			load(point, w)
		}
		if bits == 8 {
			p.MOVBLZX(w.As8(), i.As32())
		} else {
			p.MOVWLZX(w.As16(), i.As32())
		}
		if point%4 < 3 {
			p.SHRQ(Imm(uint64(bits)), w)
		}
	}
}

// wordNumbers are the lowest bits of words.
func (p *panel) wordNumbers(n numbers) func(row reg.Register) func(point int, i reg.GPVirtual) {
	return func(row reg.Register) func(point int, i reg.GPVirtual) {
		word := p.fours(16, func(point int, w reg.GPVirtual) { p.MOVQ(Mem{Base: row, Disp: n.low(point)}, w) })
		return func(point int, i reg.GPVirtual) {
			word(point, i)
			p.ANDL(U32(1<<(8+n.more)-1), i.As32())
		}
	}
}

// longNumbers are put together by vectors: a word for each has the two bytes at its bits, shifted to the left by a product.
func (p *panel) longNumbers(n numbers, points int) func(row reg.Register) func(point int, i reg.GPVirtual) {
	words := p.AllocLocal(2 * points)
	return func(row reg.Register) func(point int, i reg.GPVirtual) {
		p.putNumbers(n, points, func(disp int) Mem { return Mem{Base: row, Disp: disp} }, words)
		return p.fours(16, func(point int, w reg.GPVirtual) { p.MOVQ(words.Offset(2*point), w) })
	}
}

// putNumbers writes the words of a row.
func (p *panel) putNumbers(n numbers, points int, at func(disp int) Mem, words Mem) {
	const together = 16
	var shuffle, shift []uint32
	for k := 0; k < together; k += 2 {
		first, second := n.high(k)-n.high(0)/8*8, n.high(k+1)-n.high(0)/8*8
		shuffle = append(shuffle, uint32(first/8|(first/8+1)<<8|second/8<<16|(second/8+1)<<24))
		shift = append(shift, 1<<(8-first%8)|1<<(24-second%8))
	}
	for g := 0; g < points; g += together {
		low, high := p.YMM(), p.YMM()
		p.VPMOVZXBW(at(n.low(g)), low)
		p.VPBROADCASTQ(at(n.high(g)/8), high)
		p.VPSHUFB(p.table("shuffle"+p.name, shuffle), high, high)
		p.VPMULLW(p.table("shift"+p.name, shift), high, high)
		p.VPAND(p.table(fmt.Sprintf("high%d", n.more), repeated((1<<n.more-1)*(1<<8|1<<24), 8)), high, high)
		p.VPOR(high, low, low)
		p.VMOVDQU(low, words.Offset(2*g))
	}
}

// signedBlock unpacks codes that are above the offset by what they have to be below it where a bit of signs is set.
func (p *pointColumns) signedBlock(block int, signs reg.VecVirtual) {
	negative := p.bitMasks(signs)
	for j, c := range p.each(32 * block) {
		p.mirrorWhere(negative(j), uint32(2*p.offset)*each, c)
		p.code(block, j, c)
	}
}

func (p *pointColumns) signedBlocks(disp int) {
	for k := range 2 {
		for j, c := range p.columns(disp + 16*k) {
			p.signedBlock(4*k+j, c)
		}
	}
}

func (p *pointColumns) shiftedBlock(block int, word Op, at ...int) {
	var shift reg.VecVirtual
	for j, c := range p.each(32 * block) {
		if j%(8/len(at)) == 0 {
			shift = p.negativeShift(word, at[j*len(at)/8])
		}
		p.VPSUBB(shift, c, c)
		p.code(block, j, c)
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
