package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// narrow is a kind of tile for AVX2, which multiplies bytes into 16 bits: pairs of products of codes of so many bits are
// small enough that 2^(7−bits) of them can be added before they are widened. Codes of 8 bits are made signed, and the
// sign goes to the activations (VPSIGNB), since pairs of products would not fit.
type narrow struct {
	shape
	bits int
}

var narrows = []narrow{
	{shapes[0], 4}, {shapes[0], 5}, {shapes[0], 7}, {shapes[0], 8},
	{shapes[1], 4}, {shapes[1], 5},
	{shapes[2], 6},
	{shapes[3], 5}, {shapes[3], 6}, {shapes[3], 7},
}

// narrowTiles builds the tile kernels of AVX2: eight rows at a time.
func narrowTiles(a *asm) {
	for _, n := range narrows {
		for _, width := range []int{1, 2, 4} {
			a.narrowTile(n, width)
		}
	}
}

const halfRows = panelRows / 2

func (a *asm) narrowTile(n narrow, width int) {
	a.function(fmt.Sprintf("tile%sx%dBits%dAVX2", n.name, width, n.bits),
		"func(acc *float32, panels *byte, blocks int, acts *byte, stride, groups, offset int)",
		fmt.Sprintf("adds the products of two panels with groups of %d tokens, whose activations are stride bytes apart.", width))
	t := &narrowRegs{asm: a, narrow: n, width: width, panel: a.GP64(), act: a.GP64(), ones: a.YMM(), offset: a.YMM()}
	acc := a.Load(a.Param("acc"), a.GP64())
	panels := a.Load(a.Param("panels"), a.GP64())
	acts := a.Load(a.Param("acts"), a.GP64())
	stride := a.Load(a.Param("stride"), a.GP64())
	groups := a.Load(a.Param("groups"), a.GP64())
	blocks := a.Load(a.Param("blocks"), a.GP64())
	from, to, left, parts := a.GP64(), a.GP64(), a.GP64(), a.GP64()
	t.constants(a.Load(a.Param("offset"), a.GP64()).(reg.GPVirtual))

	a.Label("group")
	a.MOVQ(panels, from)
	a.MOVQ(acc, to)
	a.MOVQ(U32(tilePanels*2), parts)

	a.Label("rows")
	for i := range width {
		t.sums[i] = a.YMM()
		a.VMOVUPS(Mem{Base: to, Disp: i * tilePanels * panelRows * 4}, t.sums[i])
	}
	a.MOVQ(from, t.panel)
	a.MOVQ(acts, t.act)
	a.MOVQ(blocks, left)

	a.Label("block")
	for half := range n.scales {
		t.products(half)
		t.scale(half)
	}
	for half := range n.mins {
		t.minima(half)
	}
	a.ADDQ(U32(blockBytes), t.panel)
	a.ADDQ(U32(uint32(actBytes*width)), t.act)
	a.DECQ(left)
	a.JNE(LabelRef("block"))

	for i := range width {
		a.VMOVUPS(t.sums[i], Mem{Base: to, Disp: i * tilePanels * panelRows * 4})
	}
	a.ADDQ(Imm(halfRows*4), to)
	a.ADDQ(Imm(halfRows*4), from)
	a.CMPQ(parts, Imm(3)) // behind the second half of a panel the next one begins
	a.JNE(LabelRef("within"))
	a.ADDQ(U32(panelBytes-panelRows*4), from)
	a.Label("within")
	a.DECQ(parts)
	a.JNE(LabelRef("rows"))

	a.ADDQ(U32(uint32(width*tilePanels*panelRows*4)), acc)
	a.ADDQ(stride, acts)
	a.DECQ(groups)
	a.JNE(LabelRef("group"))
	a.VZEROUPPER()
	a.RET()
}

type narrowRegs struct {
	*asm
	narrow
	width        int
	panel, act   reg.GPVirtual
	ones, offset reg.VecVirtual
	sums, ints   [4]reg.VecVirtual
}

func (t *narrowRegs) constants(offset reg.GPVirtual) {
	one := t.GP32()
	t.MOVL(U32(0x00010001), one)
	t.VMOVD(one, t.ones.AsX())
	t.VPBROADCASTD(t.ones.AsX(), t.ones)
	if t.bits == 8 {
		t.IMUL3L(U32(0x01010101), offset.As32(), offset.As32()) // taken off every code
	} else {
		t.NEGL(offset.As32())
	}
	t.VMOVD(offset.As32(), t.offset.AsX())
	t.VPBROADCASTD(t.offset.AsX(), t.offset)
}

func (t *narrowRegs) products(half int) {
	for i := range t.width {
		t.ints[i] = t.YMM()
		if t.bits == 8 {
			t.VPXOR(t.ints[i], t.ints[i], t.ints[i])
			continue
		}
		t.VPBROADCASTD(t.actAt(actSums+4*part(t.scales, half), i), t.ints[i])
		t.VPMULLD(t.offset, t.ints[i], t.ints[i])
	}
	first, n := half*4, 8/t.scales
	together := min(n, 1<<max(0, 7-t.bits))
	for j := first; j < first+n; j += together {
		t.add(j, together)
	}
}

// add adds the products of n times four columns.
func (t *narrowRegs) add(j, n int) {
	if t.bits == 8 {
		t.addSigned(j)
		return
	}
	var pairs [4]reg.VecVirtual
	for k := range n {
		codes := t.YMM()
		t.VMOVDQU(t.panelAt((j+k)*panelRows*4), codes)
		for i := range t.width {
			x := t.YMM()
			t.VPBROADCASTD(t.actAt(4*(j+k), i), x)
			t.VPMADDUBSW(x, codes, x)
			if k == 0 {
				pairs[i] = x
			} else {
				t.VPADDW(x, pairs[i], pairs[i])
			}
		}
	}
	for i := range t.width {
		t.VPMADDWD(t.ones, pairs[i], pairs[i])
		t.VPADDD(pairs[i], t.ints[i], t.ints[i])
	}
}

func (t *narrowRegs) addSigned(j int) {
	codes, size := t.YMM(), t.YMM()
	t.VMOVDQU(t.panelAt(j*panelRows*4), codes)
	t.VPSUBB(t.offset, codes, codes)
	t.VPABSB(codes, size)
	for i := range t.width {
		x := t.YMM()
		t.VPBROADCASTD(t.actAt(4*j, i), x)
		t.VPSIGNB(codes, x, x)
		t.VPMADDUBSW(x, size, x)
		t.VPMADDWD(t.ones, x, x)
		t.VPADDD(x, t.ints[i], t.ints[i])
	}
}

func (t *narrowRegs) scale(half int) {
	scales := t.YMM()
	t.VMOVUPS(t.panelAt(blockScales+half*panelRows*4), scales)
	for i := range t.width {
		x, product := t.ints[i], t.YMM()
		t.VBROADCASTSS(t.actAt(actScale, i), product)
		t.VMULPS(product, scales, product)
		t.VCVTDQ2PS(x, x)
		t.VMULPS(product, x, x)
		t.VADDPS(x, t.sums[i], t.sums[i])
	}
}

func (t *narrowRegs) minima(half int) {
	mins := t.YMM()
	t.VMOVUPS(t.panelAt(blockMins+half*panelRows*4), mins)
	for i := range t.width {
		x := t.YMM()
		t.VBROADCASTSS(t.actAt(actScaled+4*part(t.mins, half), i), x)
		t.VMULPS(x, mins, x)
		t.VSUBPS(x, t.sums[i], t.sums[i])
	}
}

func (t *narrowRegs) actAt(field, i int) Mem {
	return Mem{Base: t.act, Disp: field*t.width + 4*i}
}

func (t *narrowRegs) panelAt(offset int) Mem { return Mem{Base: t.panel, Disp: offset} }
