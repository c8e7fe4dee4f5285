package main

import (
	"encoding/binary"
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// constant is 16 bytes that are repeated in a register.
type constant [16]byte

// constants are those that a body uses.
type constants struct {
	order []constant
	regs  map[constant]reg.VecVirtual
}

// each is a word of four ones: times a byte, it is a word of four such bytes.
const each = 0x01010101

// constants loads what the body of the loop will ask for. That is found by writing the body once for nothing.
func (p *panel) constants() {
	prefix := "unpack"
	if p.dot != nil {
		prefix, p.format = "dot", p.dot.format
	}
	draft := &asm{Context: build.NewContext()}
	draft.Function("draft")
	asked := &panel{rows: draft.rows(reg.RAX, reg.RBX), format: p.format, to: reg.RCX}
	asked.consts.regs, p.consts.regs = map[constant]reg.VecVirtual{}, map[constant]reg.VecVirtual{}
	p.unpack(asked)
	for i, c := range asked.consts.order {
		m := p.StaticGlobal(fmt.Sprintf("%s%sConst%d", prefix, p.name, i))
		p.DataAttributes(attr.RODATA | attr.NOPTR)
		p.AddDatum(0, U64(binary.LittleEndian.Uint64(c[:])))
		p.AddDatum(8, U64(binary.LittleEndian.Uint64(c[8:])))
		p.consts.regs[c] = p.ZMM()
		p.VBROADCASTI32X4(m, p.consts.regs[c])
	}
}

// constant returns the register that has c in all its quarters. A draft notes it.
func (p *panel) constant(c constant) reg.VecVirtual {
	v, ok := p.consts.regs[c]
	if !ok {
		v = p.ZMM()
		p.consts.order = append(p.consts.order, c)
		p.consts.regs[c] = v
	}
	return v
}

// word returns the register that has w in all lanes.
func (p *panel) word(w uint32) reg.VecVirtual {
	var c constant
	for i := 0; i < len(c); i += 4 {
		binary.LittleEndian.PutUint32(c[i:], w)
	}
	return p.constant(c)
}
