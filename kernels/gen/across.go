package main

import (
	"fmt"
	"slices"

	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Products with one token may also have blocks across: lanes are 16 blocks of one row, or twice 8, not one block of 16 rows.
// So a matrix is read from its first byte to its last, which memory likes best. The order of sums stays: the products of
// blocks are stored, and added up afterwards, with a row in each lane. That suits formats of short blocks, and without minima.

// acrossBlocks are the blocks whose words of the token lie together.
const acrossBlocks = 16

// A block there has the first words of those that are actBytes, up to the sum of all codes, and then the magnitudes of its
// codes: see across.go of package kernels.
const (
	acrossMagnitudes = actSums + 4
	acrossBytes      = acrossMagnitudes + 8*4
)

// acrossAhead is how far ahead of them blocks are asked for.
const acrossAhead = floatAhead

// acrosses builds those products of all formats, and what adds them up.
func acrosses(a *asm) {
	for _, f := range formats {
		if f.fills == 1 && f.scales == 1 && f.mins == 0 {
			for _, how := range []reading{far, near} {
				a.withConstants(zmm, func(a *asm, c *constants) { a.across(zmm, "VNNI", how, f, c) })
			}
			a.withConstants(ymm, func(a *asm, c *constants) { a.across(ymm, "AVX2", far, f, c) })
		}
	}
	a.sumsAcross(zmm)
	a.sumsAcross(ymm)
}

// across builds a product: an unpacker that goes from block to block instead of from row to row.
func (a *asm) across(v vector, level string, how reading, f format, c *constants) {
	a.function("across"+f.name+string(how)+level, "func(products *float32, rows *byte, n, groups int, acts *byte)",
		"writes the products of blocks with those of one token, for n rows that follow each other, of so many groups of 16 blocks.")
	row, left := a.Load(a.Param("rows"), a.GP64()), a.Load(a.Param("n"), a.GP64())
	d := &dotSink{asm: a, vector: v, format: f, how: how, act: a.GP64(), products: a.Load(a.Param("products"), a.GP64())}
	p := d.panel(&rows{asm: a, vector: v, local: Mem{Base: row}, step: f.size}, c)
	d.ahead[0] = row
	d.constants()
	p.constants()
	if v.bytes == 64 {
		p.firsts = a.firsts(f.size)
	}
	groups := a.GP64()
	a.Label("row")
	a.Load(a.Param("acts"), d.act)
	a.Load(a.Param("groups"), groups)
	a.Label("group")
	blocks := func(part int) {
		d.part, p.local.Disp = part, part*v.lanes()*f.size
		d.groups, d.added = [16]dotGroup{}, 0
		f.unpack(p)
	}
	if v.bytes == 64 {
		blocks(0)
	} else {
		a.riffle(blocks)
	}
	a.ADDQ(U32(uint32(acrossBlocks*f.size)), row)
	a.ADDQ(U32(uint32(acrossBlocks*acrossBytes)), d.act)
	a.ADDQ(U32(uint32(4*acrossBlocks)), d.products)
	a.DECQ(groups)
	a.JNE(LabelRef("group"))
	a.DECQ(left)
	a.JNE(LabelRef("row"))
	a.VZEROUPPER()
	a.RET()
}

// riffle writes bodies 0 and 1, which do not wait for each other: a half of the first, then instructions of both by turns,
// and the rest of the second. Each is a chain from loads to a sum, whose gaps the other fills. Neither may branch, or change a
// register that the other uses.
func (a *asm) riffle(body func(i int)) {
	f := a.written()
	from := len(f.Nodes)
	body(0)
	middle := len(f.Nodes)
	body(1)
	for _, n := range f.Nodes[from:] {
		if i, ok := n.(*ir.Instruction); !ok || i.IsBranch || i.IsTerminal {
			panic(fmt.Sprintf("gen: %s: a body that branches cannot be riffled", f.Name))
		}
	}
	x, y := slices.Clone(f.Nodes[from:middle]), slices.Clone(f.Nodes[middle:])
	ahead := len(x) / 2
	f.Nodes = append(f.Nodes[:from], x[:ahead]...)
	for i := range max(len(x)-ahead, len(y)) {
		if ahead+i < len(x) {
			f.Nodes = append(f.Nodes, x[ahead+i])
		}
		if i < len(y) {
			f.Nodes = append(f.Nodes, y[i])
		}
	}
}

// firsts finds the f16 that 16 blocks begin with which follow each other: in pieces of 64 bytes, each of which has some.
type firsts struct {
	at    []int               // of the pieces
	masks []reg.OpmaskVirtual // of those behind the first
	index reg.VecVirtual      // of each, in words of its piece
}

// firsts returns nil for blocks of an odd size, and where there are not masks enough.
func (a *asm) firsts(size int) *firsts {
	if size%2 > 0 || size > 34 {
		return nil
	}
	f := &firsts{index: a.ZMM()}
	words, lanes := make([]uint32, 16), []uint32{}
	for i := range zmm.lanes() {
		at := min(i*size/64*64, zmm.lanes()*size-64)
		if len(f.at) == 0 || at > f.at[len(f.at)-1] {
			f.at, lanes = append(f.at, at), append(lanes, 0)
		}
		lanes[len(lanes)-1] |= 1 << i
		words[i/2] |= uint32(i*size-at) / 2 << (16 * (i % 2))
	}
	a.VMOVUPS(a.table(fmt.Sprintf("firsts%d", size), words), f.index)
	for _, l := range lanes[1:] {
		bits, k := a.GP32(), a.K()
		a.MOVL(U32(l), bits)
		a.KMOVD(bits, k)
		f.masks = append(f.masks, k)
	}
	return f
}

func (f *firsts) load(p *panel) reg.VecVirtual {
	x := p.register()
	for i, at := range f.at {
		if m := p.at(0, at); i == 0 {
			p.VPERMW(m, f.index, x)
		} else {
			p.VPERMW(m, f.index, f.masks[i-1], x)
		}
	}
	p.VCVTPH2PS(x.AsY(), x)
	return x
}

// prefetchAcross asks for a share of what comes after this group.
func (d *dotSink) prefetchAcross() {
	lines, codes := (acrossBlocks*d.size+63)/64, 8*64/d.bytes
	for i := lines * d.taken / codes; i < lines*(d.taken+1)/codes; i++ {
		d.askFor(Mem{Base: d.ahead[0], Disp: acrossAhead + 64*i})
	}
	d.taken++
}

// sumsAcross adds up eight blocks at a time.
func (a *asm) sumsAcross(v vector) {
	a.function("sumAcross"+v.level, "func(acc, products *float32, blocks int)",
		fmt.Sprintf("writes the sums of %d rows of products to acc, each from its first to its last.", v.lanes()))
	first, blocks := a.Load(a.Param("products"), a.GP64()), a.Load(a.Param("blocks"), a.GP64())
	stride := a.GP64()
	a.LEAQ(Mem{Base: blocks, Index: blocks, Scale: 1}, stride)
	a.ADDQ(stride, stride)
	r, sum := a.rows(v, first, stride), a.zeros(v, 1)[0]
	a.Label("blocks")
	for _, c := range r.each(0) {
		a.VADDPS(c, sum, sum)
	}
	r.advance(32)
	a.SUBQ(Imm(8), blocks)
	a.JNE(LabelRef("blocks"))
	a.VMOVUPS(sum, Mem{Base: a.Load(a.Param("acc"), a.GP64()).(reg.Register)})
	a.VZEROUPPER()
	a.RET()
}
