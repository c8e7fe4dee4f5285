package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A panel holds 256 weights of 16 rows, unpacked to bytes: eight blocks of 32 weights. A block is
//
//	  0  codes   8 × 16 × 4 bytes: four weights in a row of each of the 16 rows, eight times
//	512  scales  2 × 16 float32, of weights 0 … 15 and 16 … 31; types with a scale per 32 use the first
//	640  minima  2 × 16 float32, likewise
//
// Rows of activations lie in groups of so many tokens as a tile is wide. For each block of 32, a group of w tokens has
//
//	 0   codes   8 × w × 4 bytes, as above
//	32w  scale   w float32
//	36w  sums    3 × w int32: Σ codes, of all 32, of the first 16 and of the last
//	48w  scaled  3 × w float32: scale·Σ codes, likewise
//
// Both layouts are those of panel.go and activations.go in package kernels.
const (
	panelRows   = 16
	blockCodes  = 8 * panelRows * 4
	blockScales = blockCodes
	blockMins   = blockScales + 2*panelRows*4
	blockBytes  = blockMins + 2*panelRows*4
	panelBytes  = 8 * blockBytes
	tilePanels  = 2

	actScale  = 32 // bytes per token before the field
	actSums   = 36
	actScaled = 48
	actBytes  = 60
)

// shape is a kind of tile: what a group of weights has beside its codes.
type shape struct {
	name   string
	scales int // per block of 32: 1 or 2
	mins   int // per block of 32: 0, 1 or 2
}

var shapes = []shape{{"", 1, 0}, {"Min", 1, 1}, {"Min16", 1, 2}, {"16", 2, 0}}

// tiles builds the products of two panels with groups of tokens, for VNNI.
func tiles(a *asm) {
	for _, s := range shapes {
		for _, width := range []int{1, 2, 4, 6} {
			a.tile(s, width)
		}
	}
}

// tile adds to acc [groups, width, 32] the products of two panels with the first blocks of each group of tokens.
// What a block adds is float32(Σ (codes−offset)·activations)·(weight scale·activation scale), then, where there are
// minima, −(minimum·scaled sum): each operation rounded.
func (a *asm) tile(s shape, width int) {
	a.function(fmt.Sprintf("tile%sx%dVNNI", s.name, width),
		"func(acc *float32, panels *byte, blocks int, acts *byte, stride, groups, offset int)",
		fmt.Sprintf("adds the products of two panels with groups of %d tokens, whose activations are stride bytes apart.", width))
	t := &tileRegs{asm: a, shape: s, width: width}
	acc := a.Load(a.Param("acc"), a.GP64())
	panels := a.Load(a.Param("panels"), a.GP64())
	acts := a.Load(a.Param("acts"), a.GP64())
	stride := a.Load(a.Param("stride"), a.GP64())
	groups := a.Load(a.Param("groups"), a.GP64())
	blocks := a.Load(a.Param("blocks"), a.GP64())
	t.panel, t.act, t.negative = a.GP64(), a.GP64(), a.ZMM()
	left := a.GP64()
	offset := a.Load(a.Param("offset"), a.GP64()).(reg.GPVirtual)
	a.NEGQ(offset)
	a.VPBROADCASTD(offset.As32(), t.negative)

	a.Label("group")
	t.eachAcc(func(i, p int, sum reg.VecVirtual) { a.VMOVUPS(accAt(acc, i, p), sum) })
	a.MOVQ(panels, t.panel)
	a.MOVQ(acts, t.act)
	a.MOVQ(blocks, left)

	a.Label("block")
	for half := range s.scales {
		t.products(half)
		t.scale(half)
	}
	for half := range s.mins {
		t.minima(half)
	}
	a.ADDQ(U32(blockBytes), t.panel)
	a.ADDQ(U32(actBytes*width), t.act)
	a.DECQ(left)
	a.JNE(LabelRef("block"))

	t.eachAcc(func(i, p int, sum reg.VecVirtual) { a.VMOVUPS(sum, accAt(acc, i, p)) })
	a.ADDQ(U32(width*tilePanels*panelRows*4), acc)
	a.ADDQ(stride, acts)
	a.DECQ(groups)
	a.JNE(LabelRef("group"))
	a.VZEROUPPER()
	a.RET()
}

// tileRegs is what a tile keeps in registers.
type tileRegs struct {
	*asm
	shape
	width      int
	panel, act reg.GPVirtual
	negative   reg.VecVirtual                // −offset
	sums       [6][tilePanels]reg.VecVirtual // float32
	ints       [6][tilePanels]reg.VecVirtual
}

func (t *tileRegs) eachAcc(f func(i, p int, sum reg.VecVirtual)) {
	for i := range t.width {
		for p := range tilePanels {
			if t.sums[i][p] == nil {
				t.sums[i][p], t.ints[i][p] = t.ZMM(), t.ZMM()
			}
			f(i, p, t.sums[i][p])
		}
	}
}

func accAt(acc reg.Register, i, p int) Mem {
	return Mem{Base: acc, Disp: (i*tilePanels + p) * panelRows * 4}
}

// products takes the integer products of a block, or of half a block.
func (t *tileRegs) products(half int) {
	t.begin(half)
	for j := range 8 / t.scales {
		j += half * 4
		var codes [tilePanels]reg.VecVirtual
		for p := range codes {
			codes[p] = t.ZMM()
			t.VMOVDQU64(t.panelAt(p, j*panelRows*4), codes[p])
		}
		for i := range t.width {
			x := t.ZMM()
			t.VPBROADCASTD(t.actAt(4*j, i), x)
			for p := range codes {
				t.VPDPBUSD(x, codes[p], t.ints[i][p])
			}
		}
	}
}

// begin sets the integers to what the offset takes off the codes. Types with minima have no offset.
func (t *tileRegs) begin(half int) {
	for i := range t.width {
		x := t.ints[i]
		if t.mins > 0 {
			t.VPXORD(x[0], x[0], x[0])
			t.VPXORD(x[1], x[1], x[1])
			continue
		}
		t.VPMULLD_BCST(t.actAt(actSums+4*part(t.scales, half), i), t.negative, x[0])
		t.VMOVDQA64(x[0], x[1])
	}
}

// scale adds the scaled integers to the sums.
func (t *tileRegs) scale(half int) {
	for p := range tilePanels {
		scales := t.ZMM()
		t.VMOVUPS(t.panelAt(p, blockScales+half*panelRows*4), scales)
		for i := range t.width {
			x, product := t.ints[i][p], t.ZMM()
			t.VMULPS_BCST(t.actAt(actScale, i), scales, product)
			t.VCVTDQ2PS(x, x)
			t.VMULPS(product, x, x)
			t.VADDPS(x, t.sums[i][p], t.sums[i][p])
		}
	}
}

// minima takes the minima off the sums.
func (t *tileRegs) minima(half int) {
	for p := range tilePanels {
		mins := t.ZMM()
		t.VMOVUPS(t.panelAt(p, blockMins+half*panelRows*4), mins)
		for i := range t.width {
			x := t.ZMM()
			t.VMULPS_BCST(t.actAt(actScaled+4*part(t.mins, half), i), mins, x)
			t.VSUBPS(x, t.sums[i][p], t.sums[i][p])
		}
	}
}

// part is the entry of a field of sums: that of all 32 weights, or of one half of them.
func part(parts, half int) int {
	if parts == 1 {
		return 0
	}
	return 1 + half
}

// actAt is entry i of the field that begins at so many bytes per token.
func (t *tileRegs) actAt(field, i int) Mem {
	return Mem{Base: t.act, Disp: field*t.width + 4*i}
}

func (t *tileRegs) panelAt(p, offset int) Mem {
	return Mem{Base: t.panel, Disp: p*panelBytes + offset}
}
