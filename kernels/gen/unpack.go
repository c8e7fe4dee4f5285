package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// format is a block type, and how its codes lie for products: see package quant's Layout.
type format struct {
	name     string
	size     int // bytes of a block
	fills    int // blocks of 32 columns that one of them holds
	offset   int // what is subtracted from a code
	codeBits int // of the largest code
	scales   int // per block of 32 columns: 1 or 2
	mins     int // per block of 32 columns: 0, 1 or 2
	unpack   func(p *panel)
	grid     bool // codes are those of points of a grid
}

// formats are the types that have an unpacker.
var formats = []format{
	{"Q4_0", 18, 1, 8, 4, 1, 0, unpackQ4_0, false},
	{"Q4_1", 20, 1, 0, 4, 1, 1, unpackQ4_1, false},
	{"Q5_0", 22, 1, 16, 5, 1, 0, unpackQ5_0, false},
	{"Q5_1", 24, 1, 0, 5, 1, 1, unpackQ5_1, false},
	{"Q8_0", 34, 1, 128, 8, 1, 0, unpackQ8_0, false},
	{"Q8_1", 36, 1, 128, 8, 1, 0, unpackQ8_1, false},
	{"Q8_K", 292, 8, 128, 8, 1, 0, unpackQ8_K, false},
	{"Q1_0", 18, 4, 1, 4, 1, 0, unpackQ1_0, false},
	{"Q2_0", 18, 2, 1, 4, 1, 0, unpackQ2_0, false},
	{"Q2_K", 84, 8, 0, 6, 1, 2, unpackQ2_K, false},
	{"Q3_K", 110, 8, 128, 8, 1, 0, unpackQ3_K, false},
	{"Q4_K", 144, 8, 0, 4, 1, 1, unpackQ4_K, false},
	{"Q5_K", 176, 8, 0, 5, 1, 1, unpackQ5_K, false},
	{"Q6_K", 210, 8, 32, 6, 2, 0, unpackQ6_K, false},
	{"IQ4_NL", 18, 1, 128, 8, 1, 0, unpackIQ4_NL, false},
	{"IQ4_XS", 136, 8, 128, 8, 1, 0, unpackIQ4_XS, false},
	{"TQ1_0", 54, 8, 1, 4, 1, 0, unpackTQ1_0, false},
	{"TQ2_0", 66, 8, 1, 4, 1, 0, unpackTQ2_0, false},
	{"MXFP4", 17, 1, 12, 5, 1, 0, unpackMXFP4, false},
	{"NVFP4", 36, 2, 12, 5, 2, 0, unpackNVFP4, false},
	{"IQ1_S", 50, 8, 16, 5, 1, 0, unpackIQ1_S, true},
	{"IQ1_M", 56, 8, 16, 5, 2, 0, unpackIQ1_M, true},
	{"IQ2_XXS", 66, 8, 64, 7, 1, 0, unpackIQ2_XXS, true},
	{"IQ2_XS", 74, 8, 64, 7, 2, 0, unpackIQ2_XS, true},
	{"IQ2_S", 82, 8, 64, 7, 2, 0, unpackIQ2_S, true},
	{"IQ3_XXS", 98, 8, 64, 7, 1, 0, unpackIQ3_XXS, true},
	{"IQ3_S", 110, 8, 16, 5, 1, 0, unpackIQ3_S, true},
}

// unpackers builds the functions that fill a panel from the bytes of 16 rows, and narrowUnpackers those that fill half of
// one from 8.
func unpackers(a *asm)       { a.unpackers(zmm) }
func narrowUnpackers(a *asm) { a.unpackers(ymm) }

func (a *asm) unpackers(v vector) {
	for _, f := range formats {
		a.withConstants(v, func(a *asm, c *constants) { a.unpacker(v, f, c) })
	}
}

// panel takes what an unpacker finds in blocks of as many rows as registers have lanes: into memory, or into a product.
type panel struct {
	*rows
	format
	to        reg.Register
	dot       *dotSink                  // instead of memory
	firsts    *firsts                   // of blocks that lie across
	codebooks bool                      // points are looked up in registers
	turned    map[int][4]reg.VecVirtual // columns that were asked for, with codebooks
	signed    bool                      // dot takes codes of eight bits without their offset
	moved     moved                     // for the fields of a register
	consts    *constants
}

func (a *asm) unpacker(v vector, f format, c *constants) {
	a.function("unpack"+f.name+v.level, "func(panel, rows *byte, stride, blocks int)",
		fmt.Sprintf("unpacks so many blocks of %d rows, which are stride bytes apart, into a panel.", v.lanes()))
	to := a.Load(a.Param("panel"), a.GP64())
	first := a.Load(a.Param("rows"), a.GP64())
	stride := a.Load(a.Param("stride"), a.GP64())
	blocks := a.Load(a.Param("blocks"), a.GP64())
	p := &panel{rows: a.rows(v, first, stride), format: f, to: to, codebooks: v.level == vbmi.level, consts: c}
	p.constants()
	a.Label("block")
	f.unpack(p)
	p.advance(f.size)
	a.ADDQ(U32(f.fills*blockBytes), to)
	a.DECQ(blocks)
	a.JNE(LabelRef("block"))
	a.VZEROUPPER()
	a.RET()
}

// code takes codes 4j … 4j+3 of a block. A group's scale and minimum come before its last code.
func (p *panel) code(block, j int, v reg.VecVirtual) {
	if p.dot != nil {
		p.dot.code(block, j, v)
		return
	}
	p.store(v, block*blockBytes+j*panelRows*4)
}

// columns is that of rows. Unpackers with codebooks ask for the same ones in several places.
func (p *panel) columns(disp int) [4]reg.VecVirtual {
	c, ok := p.turned[disp]
	if ok {
		return c
	}
	c = p.rows.columns(disp)
	if p.codebooks {
		if p.turned == nil {
			p.turned = map[int][4]reg.VecVirtual{}
		}
		p.turned[disp] = c
	}
	return c
}

// signedCode takes codes that are signed bytes: in a panel they are 128 more.
func (p *panel) signedCode(block, j int, v reg.VecVirtual) {
	if p.signed {
		p.dot.signedCode(block, j, v)
		return
	}
	x := p.register()
	p.xor(p.word(0x80*each), v, x)
	p.code(block, j, x)
}

func (p *panel) scale(block, half int, v reg.VecVirtual) {
	if p.dot != nil {
		p.dot.scale(block, half, v)
		return
	}
	p.store(v, block*blockBytes+blockScales+half*panelRows*4)
}

func (p *panel) minimum(block, half int, v reg.VecVirtual) {
	if p.dot != nil {
		p.dot.minimum(block, half, v)
		return
	}
	p.store(v, block*blockBytes+blockMins+half*panelRows*4)
}

func (p *panel) store(v reg.VecVirtual, disp int) { p.VMOVUPS(v, Mem{Base: p.to, Disp: disp}) }
