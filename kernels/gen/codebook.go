package main

import (
	"fmt"
	"iter"
	"slices"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vbmi has registers of 512 bits whose bytes look each other up: a table of 128 bytes answers 64 questions at once. So the
// points of a grid are found where they are wanted, with a row in each lane, and nothing is gathered.
var vbmi = vector{"VBMI", 64, zmm.floatWidths, zmm.panelRows, zmm.new}

// codebooks builds unpackers and products of the formats that name points of a grid.
func codebooks(a *asm) {
	for _, f := range formats {
		if f.grid {
			a.withConstants(vbmi, func(a *asm, c *constants) { a.unpacker(vbmi, f, c) })
			a.withConstants(vbmi, func(a *asm, c *constants) { a.dot(vbmi, vbmi.level, far, f, c) })
		}
	}
}

// codebook is a grid whose points are packed into two bytes: four codes of two bits in each, or two of three bits. A table
// of package kernels has, from its beginning, 64 bytes with the codes that two or three bits mean, over and over; the first
// bytes of all points; the second ones.
type codebook struct {
	*panel
	grid
	numbers
	table  reg.Register
	codes  reg.VecVirtual    // what two or three bits mean, repeated
	second reg.OpmaskVirtual // of codes 2 and 3 in each lane
	packed [2]int            // where the bytes of points begin
}

// fourPoints are numbers of points in the bytes of each lane.
type fourPoints struct {
	low   reg.VecVirtual
	masks []mask // of those that have bit 7, bit 8, and so on
	place [4]int // the byte of each
}

func (p *panel) codebook(t grid, n numbers) *codebook {
	c := &codebook{panel: p, grid: t, numbers: n, table: p.GP64(), codes: p.register()}
	p.MOVQ(NewDataAddr(Symbol{Name: "·codebook" + t.name}, 0), c.table)
	p.VMOVDQU64(Mem{Base: c.table}, c.codes)
	c.packed = [2]int{64, 64 + 1<<(8+n.more)}
	if t.codes == 4 {
		bits := p.GP64()
		c.second = p.K()
		p.MOVQ(U64(0xcccccccccccccccc), bits)
		p.KMOVQ(bits, c.second)
	}
	return c
}

func (c *codebook) each(disp int) iter.Seq2[int, reg.VecVirtual] {
	return func(yield func(int, reg.VecVirtual) bool) {
		j := 0 // 32 codes are eight registers: of four points, or twice of four
		for first := disp / c.grid.codes; j < 8; first += 4 {
			four := c.four(first)
			packed := [2]reg.VecVirtual{c.look(c.packed[0], 8+c.more, four), c.look(c.packed[1], 8+c.more, four)}
			for _, place := range four.place {
				for half := range c.grid.codes / 4 {
					yield(j, c.unpacked(packed, half, place))
					j++
				}
			}
		}
	}
}

// four returns the numbers of the points from first on.
func (c *codebook) four(first int) fourPoints {
	word := c.wordAt(c.numbers.low(0), c.numbers.low(first))
	if c.inWords() {
		return c.fourWords(word, c.wordAt(c.numbers.low(0), c.numbers.low(first)+4))
	}
	four := fourPoints{word, []mask{c.topBits(word)}, [4]int{0, 1, 2, 3}}
	if c.more > 0 {
		var at [4]int
		for i := range at {
			at[i] = c.numbers.high(first+i) - c.numbers.high(first)
		}
		base := c.numbers.high(0) / 8
		high := c.shifted(c.wordAt(base, c.numbers.high(first)/8), (c.numbers.high(first)-8*base)%32)
		four.masks = append(four.masks, c.moreBits(c.spreadBits(high, at))...)
	}
	return four
}

// fourWords takes numbers from two registers of words, whose bytes lie between each other then.
func (c *codebook) fourWords(even, odd reg.VecVirtual) fourPoints {
	const firstOrLast, lastOrFirst = 0xd8, 0xe4 // mask ? second : first operand, and the other way round
	low, high := c.shifted(odd, -8), c.shifted(even, 8)
	c.VPTERNLOGD(U8(firstOrLast), c.word(0x00ff00ff), even, low)
	c.VPTERNLOGD(U8(lastOrFirst), c.word(0x00ff00ff), odd, high)
	return fourPoints{low, append([]mask{c.topBits(low)}, c.moreBits(high)...), [4]int{0, 2, 1, 3}}
}

// wordAt returns the four bytes at disp of each row, as one of the columns that begin at base.
func (c *codebook) wordAt(base, disp int) reg.VecVirtual {
	return c.columns(base + (disp-base)/16*16)[(disp-base)%16/4]
}

func (c *codebook) topBits(v reg.VecVirtual) mask {
	k := c.K()
	c.VPMOVB2M(v, k)
	return k
}

// moreBits returns masks of the lowest bits of all bytes.
func (c *codebook) moreBits(v reg.VecVirtual) (masks []mask) {
	for bit := range c.more {
		masks = append(masks, c.hasBits(v, each<<bit))
	}
	return masks
}

// spreadBits makes bytes of the eight bits at four places of each lane.
func (c *codebook) spreadBits(v reg.VecVirtual, at [4]int) reg.VecVirtual {
	x := c.register()
	c.VPMULTISHIFTQB(v, c.inRegister(placesOfBits(at)), x)
	return x
}

func placesOfBits(at [4]int) (k constant) {
	for i := range k {
		k[i] = byte(at[i%4] + i/4%2*32)
	}
	return k
}

// look returns one packed byte of each point: of 128 that of the lowest seven bits, of twice as many one of two.
func (c *codebook) look(at, bits int, four fourPoints) reg.VecVirtual {
	if bits == 7 {
		x := c.register()
		c.VMOVDQU64(Mem{Base: c.table, Disp: at}, x)
		c.VPERMT2B(Mem{Base: c.table, Disp: at + 64}, four.low, x)
		return x
	}
	x, y := c.look(at, bits-1, four), c.look(at+1<<(bits-1), bits-1, four)
	c.VMOVDQU8(y, four.masks[bits-8], x)
	return x
}

// unpacked returns four codes of the point that is in a byte of each lane.
func (c *codebook) unpacked(packed [2]reg.VecVirtual, half, place int) reg.VecVirtual {
	bit := 8 * place
	var x reg.VecVirtual
	if c.grid.codes == 8 {
		x = c.spreadBits(packed[half], [4]int{bit, bit + 2, bit + 4, bit + 6})
	} else {
		at := [4]int{bit, bit + 3, bit, bit + 3}
		x = c.spreadBits(packed[0], at)
		c.VPMULTISHIFTQB(packed[1], c.inRegister(placesOfBits(at)), c.second, x)
	}
	c.VPERMB(c.codes, x, x)
	return x
}

// pickBits makes bits 4j … 4j+3 of each lane a mask of its bytes.
func (p *panel) pickBits(v reg.VecVirtual, j int) mask {
	k, at := p.K(), placesOfBits([4]int{4 * j, 4*j + 1, 4*j + 2, 4*j + 3})
	p.VPSHUFBITQMB(p.table(fmt.Sprintf("bits%d", 4*j), slices.Repeat(at.words(), 4)), v, k)
	return k
}
