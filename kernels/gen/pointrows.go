package main

import (
	"iter"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pointRows are the points of 256 columns for a product at AVX2. A register has the codes of 32 columns of one row there,
// not of four columns of eight: points go into it as they are found, and only the sums are turned. Codes of points with
// signs are magnitudes here; the signs go to the activations.
type pointRows struct {
	*panel
	grid
	numbers
	table  reg.Register
	fields [3]reg.GPVirtual // which bits of a register have the numbers of points behind the first
	words  Mem              // numbers that are put together
	ofRows [8]ofRow         // what else each block wants
}

// ofRow returns where a word lies that a row has for its points: their signs or shifts.
type ofRow func(row int) Mem

func (p *panel) pointRows(t grid, n numbers) *pointRows {
	g := &pointRows{panel: p, grid: t, numbers: n, table: p.GP64()}
	if g.apart() {
		g.words = p.AllocLocal(2 * g.points() * p.lanes())
		for row := range p.lanes() {
			p.putNumbers(n, g.points(), func(disp int) Mem { return p.at(row, disp) }, g.words.Offset(2*g.points()*row))
		}
	}
	for k := range g.fields {
		g.fields[k] = p.GP64()
		p.MOVL(U32(g.numberBits()<<8|(k+1)*g.pitch()), g.fields[k].As32())
	}
	return g
}

// eights is the shuffle that repeats each byte of a word eight times, where the word is in all lanes.
var eights = []uint32{0, 0, 0x01010101, 0x01010101, 0x02020202, 0x02020202, 0x03030303, 0x03030303}

// points is the number of them in a row.
func (g *pointRows) points() int { return panelCols / g.grid.codes }

// apart reports whether the bits of a number lie apart, so that it has to be put together.
func (g *pointRows) apart() bool { return g.numbers.more > 0 && !g.numbers.inWords() }

// pitch is the number of bits from one number to the next.
func (g *pointRows) pitch() int {
	if g.numbers.more > 0 {
		return 16
	}
	return 8
}

func (g *pointRows) numberBits() int { return 8 + g.numbers.more }

func (g *pointRows) signedBlock(block int, signs reg.VecVirtual) {
	g.prepared(block, signs, g.signed)
}

// signedBlocks takes signs from where they are in the file.
func (g *pointRows) signedBlocks(disp int) {
	for b := range 8 {
		g.signed(b, func(row int) Mem { return g.at(row, disp+4*b) })
	}
}

// prepared keeps a word for each row of a block, and multiplies all blocks behind the last: what was just written is not
// read at once, which costs IQ2_XXS a quarter of its speed.
func (g *pointRows) prepared(block int, words reg.VecVirtual, multiply func(block int, words ofRow)) {
	m := g.AllocLocal(g.bytes)
	g.VMOVDQU(words, m)
	g.ofRows[block] = func(row int) Mem { return m.Offset(4 * row) }
	if block < len(g.ofRows)-1 {
		return
	}
	for b, w := range g.ofRows {
		multiply(b, w)
	}
}

// signed multiplies the points of a block, with the signs that are in each row's word.
func (g *pointRows) signed(block int, signs ofRow) {
	g.find("magnitudes")
	g.dot.signed = true
	act, minus, spread, bits := g.acts(block), g.register(), g.register(), g.register()
	g.VPXOR(minus, minus, minus)
	g.VPSUBB(act, minus, minus)
	g.VMOVDQU(g.asm.table("eights", eights), spread)
	g.VPBROADCASTQ(g.asm.table("bitsOfBytes", []uint32{0x08040201, 0x80402010}), bits)
	g.add(block, func(row int) reg.VecVirtual {
		x := g.register()
		g.VPBROADCASTD(signs(row), x)
		g.VPSHUFB(spread, x, x)
		g.VPAND(bits, x, x)
		g.VPCMPEQB(bits, x, x)
		g.VPBLENDVB(x, minus, act, x)
		c := g.row(block, row)
		g.VPMADDUBSW(x, c, c)
		return c
	})
}

// shiftedBlock multiplies them with two taken off where a bit is set.
func (g *pointRows) shiftedBlock(block int, word Op, at ...int) {
	g.prepared(block, g.shifts(word, at), func(block int, shifts ofRow) {
		g.find("grid")
		act, spread := g.acts(block), g.register()
		g.VMOVDQU(g.asm.table("eights", eights), spread)
		g.add(block, func(row int) reg.VecVirtual {
			x, c := g.register(), g.row(block, row)
			g.VPBROADCASTD(shifts(row), x)
			if len(at) > 1 {
				g.VPSHUFB(spread, x, x)
			}
			g.VPSUBB(x, c, c)
			g.VPMADDUBSW(act, c, c)
			return c
		})
	})
}

// shifts has a byte for each point.
func (g *pointRows) shifts(word Op, at []int) reg.VecVirtual {
	if len(at) == 1 {
		return g.negativeShift(word, at[0])
	}
	x := g.field(word, at[0]-1, 2)
	for point := 1; point < len(at); point++ {
		g.merge(x, g.loaded(word), at[point]-1-8*point, 2<<(8*point))
	}
	return x
}

// find takes the points of a table.
func (g *pointRows) find(table string) {
	g.LEAQ(NewDataAddr(Symbol{Name: "·" + table + g.grid.name}, 0), g.table)
}

// acts loads the activations of a block.
func (g *pointRows) acts(block int) reg.VecVirtual {
	act := g.register()
	g.VMOVDQU(g.dot.actAt(block, 0), act)
	return act
}

// add adds up the products of all rows, from pairs of them.
func (g *pointRows) add(block int, pairs func(row int) reg.VecVirtual) {
	low, high := g.fourRows(0, pairs), g.fourRows(4, pairs)
	first, last := g.register(), g.register()
	g.VPERM2I128(Imm(0x20), high, low, first)
	g.VPERM2I128(Imm(0x31), high, low, last)
	g.dot.halves(block, first, last)
}

// fourRows adds up the products of four rows: those of columns 0 … 15 in the lower half of the register.
func (g *pointRows) fourRows(row int, pairs func(row int) reg.VecVirtual) reg.VecVirtual {
	first, last := g.twoRows(row, pairs), g.twoRows(row+2, pairs)
	g.VPHADDD(last, first, first)
	return first
}

func (g *pointRows) twoRows(row int, pairs func(row int) reg.VecVirtual) reg.VecVirtual {
	first := pairs(row)
	g.dot.prefetch()
	second := pairs(row + 1)
	g.dot.prefetch()
	g.VPHADDW(second, first, first) // four products, which fit into 16 bits
	g.VPMADDWD(g.word(1<<16|1), first, first)
	return first
}

// row returns the codes of a block of one row.
func (g *pointRows) row(block, row int) reg.VecVirtual {
	halves := [2]reg.VecVirtual{g.XMM(), g.XMM()}
	codes := g.grid.codes
	for four := range 32 / codes / 4 {
		for k, n := range g.four(row, block*32/codes+4*four) {
			at := (4*four + k) * codes
			g.insertPoint(g.grid, at%16/codes, Mem{Base: g.table, Index: n, Scale: uint8(codes)}, halves[at/16])
		}
	}
	x := g.register()
	g.VINSERTI128(Imm(1), halves[1], halves[0].AsY(), x)
	return x
}

// four goes through the numbers of four points from first on.
func (g *pointRows) four(row, first int) iter.Seq2[int, reg.GPVirtual] {
	return func(yield func(int, reg.GPVirtual) bool) {
		w, n := g.GP64(), g.GP64()
		switch {
		case g.apart():
			g.MOVQ(g.words.Offset(2*(g.points()*row+first)), w)
			g.MOVWLZX(w.As16(), n.As32())
		case g.numbers.inWords():
			g.MOVQ(g.at(row, g.numbers.low(first)), w)
			g.MOVL(w.As32(), n.As32())
			g.ANDL(U32(1<<g.numberBits()-1), n.As32())
		default:
			g.MOVL(g.at(row, g.numbers.low(first)), w.As32())
			g.MOVBLZX(w.As8(), n.As32())
		}
		yield(0, n)
		for k := 1; k < 3; k++ {
			n = g.GP64()
			g.BEXTRQ(g.fields[k-1], w, n)
			yield(k, n)
		}
		if g.numbers.inWords() {
			g.BEXTRQ(g.fields[2], w, w)
		} else {
			g.SHRQ(U8(3*g.pitch()), w)
		}
		yield(3, w)
	}
}
