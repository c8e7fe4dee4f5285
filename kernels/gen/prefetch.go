package main

import . "github.com/mmcloughlin/avo/operand"

// prefetches builds the loop that asks for memory ahead of its use.
func prefetches(a *asm) {
	a.function("prefetchLines", "func(p *byte, lines int)", "asks for so many cache lines of 64 bytes. It reads nothing, so p may point anywhere.")
	p := a.Load(a.Param("p"), a.GP64())
	lines := a.Load(a.Param("lines"), a.GP64())
	a.Label("line")
	a.PREFETCHT1(Mem{Base: p})
	a.ADDQ(Imm(64), p)
	a.DECQ(lines)
	a.JNE(LabelRef("line"))
	a.RET()
}

// reading is how weights are fetched for one token, as the name of a kernel has it: asked for ahead of time into the second
// cache, or near, into the first. Processors that fetch better what nobody asks for take floats by pairs of rows that are
// far apart.
type reading string

const (
	far     reading = ""
	inPairs reading = "Pairs"
	near    reading = "Near"
)
