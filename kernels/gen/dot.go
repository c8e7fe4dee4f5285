package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// prefetchStreams is how many places of the next rows are asked for side by side. With more, rows lie where memory and
// caches have them get in each other's way.
const prefetchStreams = 2

// dots builds the products of 16 rows with one token, and narrowDots those of 8. The unpackers are those of panels, but
// nothing is stored: codes go from the file's bytes through registers into the sums.
func dots(a *asm) {
	a.dots(zmm, "VNNI", far)
	a.dots(zmm, "VNNI", near)
}

func narrowDots(a *asm) { a.dots(ymm, "AVX2", far) }

func (a *asm) dots(v vector, level string, how reading) {
	for _, f := range formats {
		if v.bytes == 32 || !f.grid { // of grids, VNNI takes AVX2's, which are faster, and VBMI codebooks
			a.withConstants(v, func(a *asm, c *constants) { a.dot(v, level, how, f, c) })
		}
	}
}

// dotSink multiplies what an unpacker finds. Sums are taken in the order of the tile kernels, so they have its bits.
type dotSink struct {
	*asm
	vector
	format
	how            reading
	act            reg.Register   // the token's block
	negative, zero reg.VecVirtual // −offset and 0, for VNNI
	sum            reg.VecVirtual
	spill          Mem // for scales, then minima, where there are too many for registers
	groups         [16]dotGroup
	minima         [16]Op // times the token's
	added          int    // groups that are in the sum
	stride         reg.Register
	ahead          [prefetchStreams]reg.Register // places in the rows that come next
	taken          int                           // codes of the body
	products       reg.Register                  // where those of blocks go that lie across, instead of into the sum
	part           int                           // of those blocks: a half of them may fill a register
	word           func(w uint32) Op             // that of the panel: w in all lanes
	signed         bool                          // codes lose their offset, since pairs of products would not fit into 16 bits
}

// dotGroup is what is known of columns that share a scale.
type dotGroup struct {
	codes   int               // that were multiplied
	ints    [2]reg.VecVirtual // their products, in one or two chains
	pairs   reg.VecVirtual    // products that are not in ints: see addPairs
	scale   Op                // times the token's
	left    int               // bits that codes are shifted by
	product Op                // of all codes and the scale
}

func (a *asm) dot(v vector, level string, how reading, f format, c *constants) {
	a.function("dot"+f.name+string(how)+level, "func(acc *float32, rows *byte, stride, blocks int, acts *byte)",
		fmt.Sprintf("writes the products of so many blocks of %d rows, which are stride bytes apart, with one token to acc.", v.lanes()))
	first := a.Load(a.Param("rows"), a.GP64())
	stride := a.Load(a.Param("stride"), a.GP64())
	blocks := a.param("blocks") // look-ups leave no register for it
	d := &dotSink{asm: a, vector: v, format: f, how: how, act: a.Load(a.Param("acts"), a.GP64()), sum: v.new(a), stride: stride}
	p := d.panel(a.rows(v, first, stride), c)
	p.codebooks = level == vbmi.level
	d.lookAhead(first)
	a.VXORPS(d.sum, d.sum, d.sum)
	d.constants()
	p.constants()
	if f.fills > 1 {
		d.spill = a.AllocLocal(f.fills * (f.scales + f.mins) * v.bytes)
	}

	a.Label("block")
	f.unpack(p)
	p.advance(f.size)
	for _, place := range d.ahead {
		a.ADDQ(U32(v.lanes()/prefetchStreams*f.size), place)
	}
	a.ADDQ(U32(f.fills*actBytes), d.act)
	a.DECQ(blocks)
	a.JNE(LabelRef("block"))

	a.VMOVUPS(d.sum, Mem{Base: a.Load(a.Param("acc"), a.GP64())})
	a.VZEROUPPER()
	a.RET()
}

// panel returns what takes the codes of rows to the sums.
func (d *dotSink) panel(r *rows, c *constants) *panel {
	d.signed = d.bytes == 32 && d.codeBits == 8
	p := &panel{rows: r, format: d.format, dot: d, signed: d.signed, consts: c}
	d.word = p.word
	return p
}

// actAt is a word of the token in a block of 32 columns.
func (d *dotSink) actAt(block, word int) Mem {
	if d.products != nil {
		return Mem{Base: d.act, Disp: acrossBlocks*word + d.part*d.bytes}
	}
	return Mem{Base: d.act, Disp: block*actBytes + word}
}

func (d *dotSink) code(block, j int, v reg.VecVirtual) {
	if d.signed {
		x := d.new(d.asm)
		d.VPXOR(d.word(0x80*each), v, x)
		d.signedCode(block, j, x)
		return
	}
	d.multiply(block, j, v)
	d.count(block, j)
}

// count notes that codes 4j … 4j+3 were multiplied.
func (d *dotSink) count(block, j int) {
	i := d.group(block, j)
	d.prefetch()
	if d.groups[i].codes++; d.groups[i].codes < 8/d.scales {
		return
	}
	d.finish(i)
}

// halves takes the products of the codes of a block, of its first and of its last 16 columns.
func (d *dotSink) halves(block int, first, last reg.VecVirtual) {
	i := block * d.scales
	if d.groups[i].ints[0] = first; d.scales == 1 {
		d.VPADDD(last, first, first)
		d.finish(i)
		return
	}
	d.groups[i+1].ints[0] = last
	d.finish(i)
	d.finish(i + 1)
}

// finish scales the products of a group, and adds those whose turn it is to the sum.
func (d *dotSink) finish(i int) {
	d.complete(i)
	for ; d.added < d.fills*d.scales && d.groups[d.added].product != nil; d.added++ {
		d.add(d.added)
	}
}

// group is the number of the group that codes 4j … 4j+3 of a block belong to.
func (d *dotSink) group(block, j int) int { return block*d.scales + j*d.scales/8 }

// complete scales the products of a group.
func (d *dotSink) complete(i int) {
	g := &d.groups[i]
	x := d.integer(i)
	d.VCVTDQ2PS(x, x)
	d.VMULPS(g.scale, x, x)
	g.product = x
	if i > d.added && d.bytes == 32 { // those before it come first
		g.product = d.keep(i, x)
	}
}

// add adds a group, and behind the last one of a block takes off its minima.
func (d *dotSink) add(i int) {
	if d.products != nil {
		d.VMOVUPS(d.groups[i].product, Mem{Base: d.products, Disp: d.part * d.bytes})
		return
	}
	d.VADDPS(d.groups[i].product, d.sum, d.sum)
	if (i+1)%d.scales > 0 {
		return
	}
	block := i / d.scales
	for half := range d.mins {
		d.VSUBPS(d.minima[block*d.mins+half], d.sum, d.sum)
	}
}

func (d *dotSink) scale(block, half int, v reg.VecVirtual) {
	i := block*d.scales + half
	d.groups[i].scale = d.keep(i, d.timesToken(v, block, actScale))
}

func (d *dotSink) minimum(block, half int, v reg.VecVirtual) {
	i := block*d.mins + half
	d.minima[i] = d.keep(d.fills*d.scales+i, d.timesToken(v, block, actScaled+4*part(d.mins, half)))
}

// timesToken multiplies v by a number of the token.
func (d *dotSink) timesToken(v reg.VecVirtual, block, word int) reg.VecVirtual {
	x := d.new(d.asm)
	if d.products != nil {
		d.VMULPS(d.actAt(block, word), v, x)
		return x
	}
	if d.bytes == 64 {
		d.VMULPS_BCST(d.actAt(block, word), v, x)
		return x
	}
	d.VBROADCASTSS(d.actAt(block, word), x)
	d.VMULPS(x, v, x)
	return x
}

// keep leaves x in its register, or puts it on the stack where a body has many blocks.
func (d *dotSink) keep(i int, x reg.VecVirtual) Op {
	if d.fills == 1 {
		return x
	}
	m := d.spill.Offset(d.bytes * i)
	d.VMOVUPS(x, m)
	return m
}

// lookAhead finds the first places in the rows that follow these.
func (d *dotSink) lookAhead(first reg.Register) {
	rows := d.lanes()
	for i := range d.ahead {
		at := d.GP64()
		d.IMUL3Q(U32(uint32(rows+rows/prefetchStreams*i)), d.stride, at)
		d.ADDQ(first, at)
		d.ahead[i] = at
	}
}

// prefetch asks for a share of what the next rows have at these places. Asked for all at once, it would be forgotten
// where the queue of misses is full.
func (d *dotSink) prefetch() {
	if d.products != nil {
		d.prefetchAcross()
		return
	}
	lines, codes := prefetchStreams*((d.lanes()/prefetchStreams*d.size+63)/64), 8*d.fills
	for i := lines * d.taken / codes; i < lines*(d.taken+1)/codes; i++ {
		d.askFor(Mem{Base: d.ahead[i%prefetchStreams], Disp: 64 * (i / prefetchStreams)})
	}
	d.taken++
}

// askFor asks for a line of weights. (Near, PREFETCHNTA was slower with Q8_0, as measured on Zen 5.)
func (d *dotSink) askFor(m Mem) {
	if d.how == near {
		d.PREFETCHT0(m)
		return
	}
	d.PREFETCHT1(m)
}
