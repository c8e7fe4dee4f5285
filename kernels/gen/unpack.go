package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unpackers builds the functions that fill a panel from the bytes of 16 rows.
func unpackers(a *asm) {
	a.unpacker("Q4_0", 18, 1, unpackQ4_0)
	a.unpacker("Q8_0", 34, 1, unpackQ8_0)
	a.unpacker("Q4_K", 144, 8, unpackQ4_K)
}

// panel is where an unpacker puts what it finds in blocks of 16 rows.
type panel struct {
	*rows
	to     reg.Register
	consts map[byte]reg.VecVirtual
}

// unpacker builds the function for a type whose block of size bytes fills so many blocks of a panel.
func (a *asm) unpacker(name string, size, fills int, body func(p *panel)) {
	a.function("unpack"+name+"AVX512", "func(panel, rows *byte, stride, blocks int)",
		"unpacks so many blocks of 16 rows, which are stride bytes apart, into a panel.")
	to := a.Load(a.Param("panel"), a.GP64())
	first := a.Load(a.Param("rows"), a.GP64())
	stride := a.Load(a.Param("stride"), a.GP64())
	blocks := a.Load(a.Param("blocks"), a.GP64())
	p := &panel{rows: a.rows(first, stride), to: to, consts: map[byte]reg.VecVirtual{}}
	for _, b := range []byte{0x0f, 0x3f, 0x30, 0x80} {
		p.consts[b] = a.bytesOf(b)
	}
	a.Label("block")
	body(p)
	p.advance(size)
	a.ADDQ(U32(fills*blockBytes), to)
	a.DECQ(blocks)
	a.JNE(LabelRef("block"))
	a.VZEROUPPER()
	a.RET()
}

func (p *panel) code(block, j int, v reg.VecVirtual) {
	p.VMOVDQU64(v, Mem{Base: p.to, Disp: block*blockBytes + j*panelRows*4})
}

func (p *panel) scale(block, half int, v reg.VecVirtual) {
	p.VMOVUPS(v, Mem{Base: p.to, Disp: block*blockBytes + blockScales + half*panelRows*4})
}

func (p *panel) minimum(block, half int, v reg.VecVirtual) {
	p.VMOVUPS(v, Mem{Base: p.to, Disp: block*blockBytes + blockMins + half*panelRows*4})
}

// low and high return the nibbles of each byte.
func (p *panel) low(v reg.VecVirtual) reg.VecVirtual {
	x := p.ZMM()
	p.VPANDD(v, p.consts[0x0f], x)
	return x
}

func (p *panel) high(v reg.VecVirtual) reg.VecVirtual {
	x := p.ZMM()
	p.VPSRLD(Imm(4), v, x)
	p.VPANDD(x, p.consts[0x0f], x)
	return x
}
