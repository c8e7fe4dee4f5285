package main

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/reg"
)

// constant is 16 bytes that are repeated in a register.
type constant [16]byte

// constants are those of a body. All are in registers where there are 32; where there are 16, as many as there is room for.
type constants struct {
	held  []constant // in registers, in the order in which they are loaded
	regs  map[constant]reg.VecVirtual
	draft bool // writes down what is asked for
	asked map[constant]int
	order []constant        // as they were first asked for
	fixed map[constant]bool // has to be in a register
}

// each is a word of four ones: times a byte, it is a word of four such bytes.
const each = 0x01010101

// withConstants writes a function whose body asks for constants. Which ones is found by writing it once for nothing, and
// for how many there is room by trying.
func (a *asm) withConstants(v vector, write func(a *asm, c *constants)) {
	c := &constants{draft: true, asked: map[constant]int{}, fixed: map[constant]bool{}}
	write(newAsm(), c)
	held := c.order
	if v.bytes == 32 {
		held = c.mostWanted()
		fixed := len(c.fixed)
		if err := fits(write, held[:fixed]); err != nil {
			panic(err)
		}
		more := sort.Search(len(held)-fixed, func(n int) bool { return fits(write, held[:fixed+n+1]) != nil })
		held = held[:fixed+more]
	}
	write(a, &constants{held: held})
}

// mostWanted returns the constants of a draft, those first that need registers, and then those that save most reading.
func (c *constants) mostWanted() []constant {
	return slices.SortedStableFunc(slices.Values(c.order), func(x, y constant) int {
		switch {
		case c.fixed[x] == c.fixed[y]:
			return c.asked[y] - c.asked[x]
		case c.fixed[x]:
			return -1
		}
		return 1
	})
}

// fits returns an error if a function needs more than the 16 registers that AVX2 has, or cannot be written.
func fits(write func(a *asm, c *constants), held []constant) error {
	a := newAsm()
	write(a, &constants{held: held})
	f, err := a.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(f); err != nil {
		return err
	}
	function := f.Functions()[0]
	for _, i := range function.Instructions() {
		for _, r := range i.Registers() {
			if r.Kind() == reg.KindVector && r.(reg.Physical).PhysicalIndex() >= 16 {
				return fmt.Errorf("gen: %s does not fit into 16 registers", function.Name)
			}
		}
	}
	return nil
}

// constants loads those that registers hold.
func (p *panel) constants() {
	p.consts.regs = map[constant]reg.VecVirtual{}
	for _, c := range p.consts.held {
		p.consts.regs[c] = p.register()
		if p.bytes == 32 {
			p.VMOVDQU(p.inMemory(c), p.consts.regs[c])
		} else {
			p.VBROADCASTI32X4(p.inMemory(c), p.consts.regs[c])
		}
	}
}

// constant returns c over and over in a register, or in as much memory.
func (p *panel) constant(c constant) Op {
	if p.bytes == 64 {
		return p.inRegister(c)
	}
	p.consts.note(c)
	if v, ok := p.consts.regs[c]; ok {
		return v
	}
	return p.inMemory(c)
}

// inRegister returns the register that has c over and over.
func (p *panel) inRegister(c constant) reg.VecVirtual {
	p.consts.note(c)
	v, ok := p.consts.regs[c]
	if !ok {
		if !p.consts.draft {
			panic(fmt.Sprintf("gen: %s: constant % x has no register", p.name, c))
		}
		v = p.register()
		p.consts.regs[c], p.consts.fixed[c] = v, true
	}
	return v
}

// note counts c in a draft.
func (c *constants) note(x constant) {
	if !c.draft {
		return
	}
	if c.asked[x]++; c.asked[x] == 1 {
		c.order = append(c.order, x)
	}
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
