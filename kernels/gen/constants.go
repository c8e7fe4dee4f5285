package main

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// constant is 16 bytes that are repeated in a register.
type constant [16]byte

// constants are those that a body uses in registers.
type constants struct {
	draft bool
	order []constant
	regs  map[constant]reg.VecVirtual
}

// each is a word of four ones: times a byte, it is a word of four such bytes.
const each = 0x01010101

// constants loads what the body of the loop will ask for. That is found by writing the body once for nothing.
func (p *panel) constants() {
	prefix := "unpack"
	if p.dot != nil {
		prefix = "dot"
	}
	draft := &asm{Context: build.NewContext()}
	draft.Function("draft")
	asked := &panel{rows: draft.rows(p.vector, reg.RAX, reg.RBX), format: p.format, to: reg.RCX, signed: p.signed, leftCodes: p.leftCodes, codebooks: p.codebooks}
	asked.consts.draft = true
	asked.consts.regs, p.consts.regs = map[constant]reg.VecVirtual{}, map[constant]reg.VecVirtual{}
	p.unpack(asked)
	for i, c := range asked.consts.order {
		p.consts.regs[c] = p.register()
		if p.bytes == 32 {
			p.VMOVDQU(p.inMemory(c), p.consts.regs[c])
			continue
		}
		m := p.StaticGlobal(fmt.Sprintf("%s%sConst%d", prefix, p.name, i))
		p.DataAttributes(attr.RODATA | attr.NOPTR)
		p.AddDatum(0, U64(binary.LittleEndian.Uint64(c[:])))
		p.AddDatum(8, U64(binary.LittleEndian.Uint64(c[8:])))
		p.VBROADCASTI32X4(m, p.consts.regs[c])
	}
}

// constant returns c in all quarters of a register, or, where registers are few, of as much memory.
func (p *panel) constant(c constant) Op {
	if p.bytes == 32 {
		return p.inMemory(c)
	}
	return p.inRegister(c)
}

// inRegister returns the register that has c in all its quarters. A draft notes it.
func (p *panel) inRegister(c constant) reg.VecVirtual {
	v, ok := p.consts.regs[c]
	if !ok {
		if !p.consts.draft {
			panic(fmt.Sprintf("gen: %s: constant % x was not in the draft", p.name, c))
		}
		v = p.register()
		p.consts.order = append(p.consts.order, c)
		p.consts.regs[c] = v
	}
	return v
}

func (p *panel) inMemory(c constant) Mem {
	return p.table(fmt.Sprintf("const%x", c[:]), slices.Repeat(c.words(), 2))
}

func (c constant) words() (w []uint32) {
	for b := range slices.Chunk(c[:], 4) {
		w = append(w, binary.LittleEndian.Uint32(b))
	}
	return w
}

// word returns w in all lanes, as constant does.
func (p *panel) word(w uint32) Op {
	var c constant
	for i := 0; i < len(c); i += 4 {
		binary.LittleEndian.PutUint32(c[i:], w)
	}
	return p.constant(c)
}

// from moves the places that a shuffle takes bytes from by n.
func (c constant) from(n int) constant {
	for i, place := range c {
		if place < 0x80 {
			c[i] += byte(n)
		}
	}
	return c
}

// keep returns v, or, where registers are few, memory that has it: for what is needed until late.
func (p *panel) keep(v reg.VecVirtual) Op {
	if p.bytes == 64 {
		return v
	}
	m := p.AllocLocal(p.bytes)
	p.VMOVDQU(v, m)
	return m
}

func (p *panel) keepAll(list [4]reg.VecVirtual) (kept [4]Op) {
	for i, v := range list {
		kept[i] = p.keep(v)
	}
	return kept
}

// keepEach keeps the columns of 32 bytes of each row.
func (p *panel) keepEach(disp int) (kept []Op) {
	for _, c := range p.each(disp) {
		kept = append(kept, p.keep(c))
	}
	return kept
}

// loaded returns a register that has what was kept.
func (p *panel) loaded(v Op) reg.VecVirtual {
	if r, ok := v.(reg.VecVirtual); ok {
		return r
	}
	x := p.register()
	p.VMOVDQU(v, x)
	return x
}
