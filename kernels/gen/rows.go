package main

import (
	"iter"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rows addresses the same place in as many rows as a register has lanes: 16 or 8. They are stride bytes apart, and every
// third has a base register; or they are a known number of bytes apart: points on the stack, blocks that lie across.
type rows struct {
	*asm
	vector
	bases  []reg.Register // of rows 0, 3, 6 …
	stride reg.Register
	local  Mem // of the first row, where there are no bases,
	step   int // and the rows are so many bytes apart
}

func (a *asm) rows(v vector, first, stride reg.Register) *rows {
	r := &rows{asm: a, vector: v, bases: []reg.Register{first}, stride: stride}
	for row := 3; row < v.lanes(); row += 3 {
		b := a.GP64()
		a.LEAQ(Mem{Base: r.bases[len(r.bases)-1], Index: stride, Scale: 2}, b)
		a.ADDQ(stride, b)
		r.bases = append(r.bases, b)
	}
	return r
}

// lanes is the number of words in a register.
func (v vector) lanes() int { return v.bytes / 4 }

func (r *rows) register() reg.VecVirtual { return r.new(r.asm) }

// at is the place in row i.
func (r *rows) at(i, disp int) Mem {
	if r.bases == nil {
		return r.local.Offset(r.step*i + disp)
	}
	m := Mem{Base: r.bases[i/3], Disp: disp}
	if i%3 > 0 {
		m.Index, m.Scale = r.stride, uint8(i%3)
	}
	return m
}

func (r *rows) advance(bytes int) {
	for _, b := range r.bases {
		r.ADDQ(U32(bytes), b)
	}
}

// load reads 16 bytes of each row: register i has rows i, i+4, and so on.
func (r *rows) load(disp int) (z [4]reg.VecVirtual) {
	for i := range z {
		z[i] = r.register()
		if r.bytes == 32 {
			r.VBROADCASTI128(r.at(i, disp), z[i])
			r.VINSERTI128(Imm(1), r.at(i+4, disp), z[i], z[i])
			continue
		}
		r.VBROADCASTI32X4(r.at(i, disp), z[i])
		for lane := 1; lane < 4; lane++ {
			r.VINSERTI32X4(Imm(uint64(lane)), r.at(i+4*lane, disp), z[i], z[i])
		}
	}
	return z
}

// columns reads 16 bytes of each row and turns them: register j has bytes 4j … 4j+3 of row i in lane i.
func (r *rows) columns(disp int) [4]reg.VecVirtual { return r.turn(r.load(disp)) }

// turn makes columns of what load returns.
func (r *rows) turn(z [4]reg.VecVirtual) (c [4]reg.VecVirtual) {
	var low, high [2]reg.VecVirtual
	for i := range 2 {
		low[i], high[i] = r.register(), r.register()
		r.VPUNPCKLDQ(z[2*i+1], z[2*i], low[i])
		r.VPUNPCKHDQ(z[2*i+1], z[2*i], high[i])
	}
	for j := range c {
		c[j] = r.register()
	}
	r.VPUNPCKLQDQ(low[1], low[0], c[0])
	r.VPUNPCKHQDQ(low[1], low[0], c[1])
	r.VPUNPCKLQDQ(high[1], high[0], c[2])
	r.VPUNPCKHQDQ(high[1], high[0], c[3])
	return c
}

// wide is columns for 32 bytes of each row. Of 16 rows it takes half as many loads.
func (r *rows) wide(disp int) []reg.VecVirtual {
	var c [8]reg.VecVirtual
	if r.bytes == 32 {
		first, second := r.columns(disp), r.columns(disp+16)
		copy(c[:4], first[:])
		copy(c[4:], second[:])
		return c[:]
	}
	var halves [2][4]reg.VecVirtual // of 8 rows each: column j in lanes 0 and 2, column 4+j in lanes 1 and 3
	for h := range halves {
		var z [4]reg.VecVirtual
		for i := range z {
			z[i] = r.register()
			r.VBROADCASTI64X4(r.at(8*h+i, disp), z[i])
			r.VINSERTI64X4(Imm(1), r.at(8*h+i+4, disp), z[i], z[i])
		}
		halves[h] = r.turn(z)
	}
	for j := range 4 {
		c[j], c[4+j] = r.register(), r.register()
		r.VSHUFI64X2(Imm(0x88), halves[1][j], halves[0][j], c[j])
		r.VSHUFI64X2(Imm(0xdd), halves[1][j], halves[0][j], c[4+j])
	}
	return c[:]
}

// run is the number of words that words returns: those of 32 bytes of a row, or of 16 where registers are few.
func (r *rows) run() int { return r.bytes / 8 }

// runs yields the words that runs begin at, of those of 32 bytes.
func (r *rows) runs() []int {
	if r.run() == 8 {
		return []int{0}
	}
	return []int{0, 4}
}

// words is columns for a run.
func (r *rows) words(disp int) []reg.VecVirtual {
	if r.run() == 8 {
		return r.wide(disp)
	}
	c := r.columns(disp)
	return c[:]
}

// each goes through the columns of 32 bytes of each row. Where registers are few, half of them are there at a time.
func (r *rows) each(disp int) iter.Seq2[int, reg.VecVirtual] {
	return func(yield func(int, reg.VecVirtual) bool) {
		for _, at := range r.runs() {
			for i, c := range r.words(disp + 4*at) {
				yield(at+i, c)
			}
		}
	}
}

// halves goes through the same, 16 bytes of each row at a time.
func (r *rows) halves(disp int) iter.Seq2[int, []reg.VecVirtual] {
	return func(yield func(int, []reg.VecVirtual) bool) {
		for _, at := range r.runs() {
			c := r.words(disp + 4*at)
			for i := 0; i < len(c); i += 4 {
				yield((at+i)/4, c[i:i+4])
			}
		}
	}
}

// column reads bytes disp+4j … disp+4j+3 of each row into its lane. It touches the 16 bytes from disp on.
func (r *rows) column(disp, j int) reg.VecVirtual {
	z, c := r.load(disp), r.register()
	pairs := [2]reg.VecVirtual{r.register(), r.register()}
	for i, x := range pairs {
		if j < 2 {
			r.VPUNPCKLDQ(z[2*i+1], z[2*i], x)
		} else {
			r.VPUNPCKHDQ(z[2*i+1], z[2*i], x)
		}
	}
	if j%2 == 0 {
		r.VPUNPCKLQDQ(pairs[1], pairs[0], c)
	} else {
		r.VPUNPCKHQDQ(pairs[1], pairs[0], c)
	}
	return c
}
