package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// low and high return the nibbles of each byte.
func (p *panel) low(v Op) reg.VecVirtual  { return p.field(v, 0, 0x0f*each) }
func (p *panel) high(v Op) reg.VecVirtual { return p.field(v, 4, 0x0f*each) }

// field returns v>>right & mask in each lane; a negative right shifts to the left.
func (p *panel) field(v Op, right int, mask uint32) reg.VecVirtual {
	x := p.register()
	p.and(p.word(mask), p.shifted(v, right), x)
	return x
}

// merge sets x to x | v>>right & mask.
func (p *panel) merge(x reg.VecVirtual, v Op, right int, mask uint32) {
	p.orAnd(p.word(mask), p.shifted(v, right), x)
}

// shifted returns v>>right of each lane, or v<<−right.
func (p *panel) shifted(v Op, right int) reg.VecVirtual {
	from := p.loaded(v)
	if right == 0 {
		return from
	}
	x := p.register()
	if right < 0 {
		p.VPSLLD(U8(-right), from, x)
	} else {
		p.VPSRLD(U8(right), from, x)
	}
	return x
}

// bits returns n bits of each lane, from bit first on, as a number.
func (p *panel) bits(v Op, first, n int) reg.VecVirtual {
	return p.shifted(p.shifted(v, first+n-32), 32-n)
}

// signedByte returns byte j of each lane as a number −128 … 127.
func (p *panel) signedByte(v Op, j int) reg.VecVirtual {
	x := p.register()
	p.VPSRAD(U8(24), p.shifted(v, 8*j-24), x)
	return x
}

// product multiplies integers by d.
func (p *panel) product(n, d reg.VecVirtual) reg.VecVirtual {
	x := p.register()
	p.VCVTDQ2PS(n, x)
	p.VMULPS(d, x, x)
	return x
}

// byteFactors returns d, d·2⁻⁸ and d·2⁻¹⁶: factors of a byte that stays where it is in its lane.
func (p *panel) byteFactors(d reg.VecVirtual) (factors [3]reg.VecVirtual) {
	factors[0] = d
	for j := 1; j < len(factors); j++ {
		factors[j] = p.register()
		p.VMULPS(p.word(math.Float32bits(1/float32(int(1)<<(8*j)))), d, factors[j])
	}
	return factors
}

// byteTimes multiplies unsigned byte j of each lane by d, in one rounding.
func (p *panel) byteTimes(bytes reg.VecVirtual, j int, d [3]reg.VecVirtual) reg.VecVirtual {
	if j == 3 {
		return p.product(p.shifted(bytes, 24), d[0])
	}
	return p.product(p.field(bytes, 0, 0xff<<(8*j)), d[j])
}

// fieldCode takes codes that lie above bit right of each byte, for a group that has no others. A product can take them where
// they are, and shift its sum instead: at any place with 512 bits; with 256 within a nibble, so that they are small enough
// for the sums of pairs.
func (p *panel) fieldCode(block, j int, v reg.VecVirtual, right int, mask uint32) {
	left := 0
	if p.dot != nil {
		left = right
		if p.bytes == 32 {
			left %= 4
			if mask&0xff<<left >= 1<<p.codeBits {
				panic(p.name + ": codes that are left where they lie are larger than the format's")
			}
		}
		p.dot.groups[p.dot.group(block, j)].left = left
	}
	p.code(block, j, p.field(p.movedBy(v, right-left), 0, mask<<left))
}

// movedBy is shifted, once for all fields that follow each other.
func (p *panel) movedBy(v reg.VecVirtual, right int) reg.VecVirtual {
	if p.moved.from != v || p.moved.right != right {
		p.moved = moved{v, right, p.shifted(v, right)}
	}
	return p.moved.to
}

// moved is a register, and what it becomes when it is shifted.
type moved struct {
	from  reg.VecVirtual
	right int
	to    reg.VecVirtual
}

// first returns the f16 that blocks begin with.
func (p *panel) first() reg.VecVirtual {
	if p.firsts != nil {
		return p.firsts.load(p)
	}
	if p.bytes == 64 {
		return p.half(p.column(0, 0))
	}
	words, x := p.XMM(), p.register()
	p.VMOVQ(p.firstFour(0), words)
	p.VPINSRQ(Imm(1), p.firstFour(4), words, words)
	p.VCVTPH2PS(words, x)
	return x
}

// firstFour packs the f16 of four rows. It leaves vectors alone, which have enough to do.
func (p *panel) firstFour(row int) reg.GPVirtual {
	four := p.GP64()
	p.MOVWQZX(p.at(row+3, 0), four)
	for i := 2; i >= 0; i-- {
		p.SHLQ(Imm(16), four)
		p.MOVW(p.at(row+i, 0), four.As16())
	}
	return four
}

// half converts the f16 in the low half of each lane, and highHalf that in the other.
func (p *panel) half(lanes reg.VecVirtual) reg.VecVirtual {
	x := p.register()
	if p.bytes == 64 {
		p.VPMOVDW(lanes, x.AsY())
		p.VCVTPH2PS(x.AsY(), x)
		return x
	}
	return p.packedHalves(lanes, lowWords)
}

func (p *panel) highHalf(lanes reg.VecVirtual) reg.VecVirtual {
	if p.bytes == 64 {
		return p.half(p.shifted(lanes, 16))
	}
	return p.packedHalves(lanes, lowWords.from(2))
}

// packedHalves converts the f16 that a shuffle puts into the low half of each quarter.
func (p *panel) packedHalves(lanes reg.VecVirtual, shuffle constant) reg.VecVirtual {
	x := p.register()
	p.VPSHUFB(p.constant(shuffle), lanes, x)
	p.VPERMQ(Imm(0x08), x, x)
	p.VCVTPH2PS(x.AsX(), x)
	return x
}

var lowWords = constant{0, 1, 4, 5, 8, 9, 12, 13, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}

// negative turns the signs of floats.
func (p *panel) negative(v reg.VecVirtual) reg.VecVirtual {
	x := p.register()
	p.xor(p.word(1<<31), v, x)
	return x
}

// scaleAll sets the scale of all blocks.
func (p *panel) scaleAll(blocks int, d reg.VecVirtual) {
	for b := range blocks {
		p.scale(b, 0, d)
	}
}

// fromByte shuffles each lane as if byte j were its lowest.
func (p *panel) fromByte(v Op, j int, shuffle constant) reg.VecVirtual {
	x := p.register()
	if p.bytes == 64 { // one shuffle in a register serves all bytes
		p.VPSHUFB(p.constant(shuffle), p.shifted(v, 8*j), x)
	} else {
		p.VPSHUFB(p.constant(shuffle.from(j)), p.loaded(v), x)
	}
	return x
}

// lookUp replaces the bytes 0 … 15.
func (p *panel) lookUp(nibbles reg.VecVirtual, table constant) reg.VecVirtual {
	x := p.register()
	p.VPSHUFB(nibbles, p.inRegister(table), x)
	return x
}

// bitMasks returns what makes bits 4j … 4j+3 of each lane a mask of its bytes.
func (p *panel) bitMasks(v Op) func(j int) mask {
	var bytes [4]reg.VecVirtual
	return func(j int) mask {
		if p.codebooks {
			return p.pickBits(p.loaded(v), j)
		}
		if bytes[j/2] == nil {
			bytes[j/2] = p.fromByte(v, j/2, spread)
		}
		return p.hasBits(bytes[j/2], [2]uint32{0x08040201, 0x80402010}[j%2])
	}
}

// spread is the shuffle that repeats the lowest byte of each lane.
var spread = constant{0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12}

// words is the shuffle that makes two words of the lowest byte of each lane.
var words = constant{0, 0x80, 0, 0x80, 4, 0x80, 4, 0x80, 8, 0x80, 8, 0x80, 12, 0x80, 12, 0x80}
