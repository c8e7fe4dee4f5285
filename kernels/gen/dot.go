package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// prefetchLead is how far beyond the next 16 rows dots ask for memory: what is asked for last is needed first.
const prefetchLead = 2048

// dots builds the products of 16 rows with one token. The unpackers are those of panels, but nothing is stored: codes go
// from the file's bytes through registers into the sums.
func dots(a *asm) {
	for _, f := range formats {
		a.dot(f)
	}
}

// dotSink multiplies what an unpacker finds. Sums are taken in the order of the tile kernels, so they have its bits.
type dotSink struct {
	*asm
	format
	act      reg.Register   // the token's block
	negative reg.VecVirtual // −offset
	zero     reg.VecVirtual
	sum      reg.VecVirtual
	spill    Mem // scales, then minima, where there are too many for registers
	blocks   [8]dotBlock
	closed   int          // blocks whose sums are complete
	ahead    reg.Register // the place in the 16 rows that come next
	taken    int          // codes of the body
}

// dotBlock is what is known of a block of 32 columns.
type dotBlock struct {
	ints         [2][2]reg.VecVirtual // of each scale, in one or two chains
	scales, mins [2]Op                // times the token's
	codes        int                  // that were multiplied
}

func (a *asm) dot(f format) {
	a.function("dot"+f.name+"VNNI", "func(acc *float32, rows *byte, stride, blocks int, acts *byte)",
		"writes the products of so many blocks of 16 rows, which are stride bytes apart, with one token to acc.")
	first := a.Load(a.Param("rows"), a.GP64())
	stride := a.Load(a.Param("stride"), a.GP64())
	blocks := a.Load(a.Param("blocks"), a.GP64())
	d := &dotSink{asm: a, format: f, act: a.Load(a.Param("acts"), a.GP64()), sum: a.ZMM(), negative: a.ZMM(), zero: a.ZMM()}
	p := &panel{rows: a.rows(first, stride), dot: d}
	ahead := a.GP64()
	a.MOVQ(stride, ahead)
	a.SHLQ(Imm(4), ahead)
	a.ADDQ(first, ahead)
	minus := a.GP32()
	a.MOVL(I32(int32(-f.offset)), minus)
	a.VPBROADCASTD(minus, d.negative)
	a.VPXORD(d.sum, d.sum, d.sum)
	a.VPXORD(d.zero, d.zero, d.zero)
	p.constants()
	if f.fills > 1 {
		d.spill = a.AllocLocal(f.fills * (f.scales + f.mins) * 64)
	}

	a.Label("block")
	d.ahead = ahead
	f.unpack(p)
	p.advance(f.size)
	a.ADDQ(U32(panelRows*f.size), ahead)
	a.ADDQ(U32(f.fills*actBytes), d.act)
	a.DECQ(blocks)
	a.JNE(LabelRef("block"))

	a.VMOVUPS(d.sum, Mem{Base: a.Load(a.Param("acc"), a.GP64())})
	a.VZEROUPPER()
	a.RET()
}

// actAt is a word of the token in a block of 32 columns.
func (d *dotSink) actAt(block, word int) Mem {
	return Mem{Base: d.act, Disp: block*actBytes + word}
}

func (d *dotSink) code(block, j int, v reg.VecVirtual) {
	b := &d.blocks[block]
	sum := &b.ints[j*d.scales/8][j%d.chains()]
	if *sum == nil {
		*sum = d.begin(block, j)
	}
	d.VPDPBUSD_BCST(d.actAt(block, 4*j), v, *sum)
	b.codes++
	d.prefetch()
	for d.closed < d.fills && d.blocks[d.closed].codes == 8 {
		d.close(d.closed)
		d.closed++
	}
}

// begin returns what the products of a chain are added to: what the offset takes off all codes, or zero.
func (d *dotSink) begin(block, j int) reg.VecVirtual {
	sum, half := d.ZMM(), j*d.scales/8
	if d.offset != 0 && d.blocks[block].ints[half] == [2]reg.VecVirtual{} {
		d.VPMULLD_BCST(d.actAt(block, actSums+4*part(d.scales, half)), d.negative, sum)
	} else {
		d.VMOVDQA64(d.zero, sum)
	}
	return sum
}

// chains is the number of sums of a scale's products. Each of them waits for the last: where a body has but one block,
// there is little else to do meanwhile.
func (d *dotSink) chains() int {
	if d.fills <= 2 {
		return 2
	}
	return 1
}

func (d *dotSink) scale(block, half int, v reg.VecVirtual) {
	x := d.ZMM()
	d.VMULPS_BCST(d.actAt(block, actScale), v, x)
	d.blocks[block].scales[half] = d.keep(block*d.scales+half, x)
}

func (d *dotSink) minimum(block, half int, v reg.VecVirtual) {
	x := d.ZMM()
	d.VMULPS_BCST(d.actAt(block, actScaled+4*part(d.mins, half)), v, x)
	d.blocks[block].mins[half] = d.keep(d.fills*d.scales+block*d.mins+half, x)
}

// keep leaves x in its register, or puts it on the stack where a body has many blocks.
func (d *dotSink) keep(i int, x reg.VecVirtual) Op {
	if d.fills == 1 {
		return x
	}
	m := d.spill.Offset(64 * i)
	d.VMOVUPS(x, m)
	return m
}

func (d *dotSink) close(block int) {
	b := &d.blocks[block]
	for half := range d.scales {
		x := b.ints[half][0]
		if d.chains() == 2 {
			d.VPADDD(b.ints[half][1], x, x)
		}
		d.VCVTDQ2PS(x, x)
		d.VMULPS(b.scales[half], x, x)
		d.VADDPS(x, d.sum, d.sum)
	}
	for half := range d.mins {
		d.VSUBPS(b.mins[half], d.sum, d.sum)
	}
}

// prefetch asks for a share of what the next rows have at this place. Asked for all at once, it would be forgotten where
// the queue of misses is full.
func (d *dotSink) prefetch() {
	lines, codes := (panelRows*d.size+63)/64, 8*d.fills
	for i := lines * d.taken / codes; i < lines*(d.taken+1)/codes; i++ {
		d.PREFETCHT0(Mem{Base: d.ahead, Disp: prefetchLead + 64*i})
	}
	d.taken++
}
