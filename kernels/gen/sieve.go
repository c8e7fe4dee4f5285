package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// siftedRanges is how many ranges sift looks at: with what is inside of one of them, that makes the bits of a byte.
const siftedRanges = 7

// siftRound is how many steps the counts of a byte stand, each step adding up to eight.
const siftRound = 31

// sifting is a pass over numbers by their keys, signed bytes: where a number lies on a line. Four registers of numbers are
// one of keys: in each quarter of it four keys of every register, in turn.
type sifting struct {
	*asm
	vector
	center, factor reg.VecVirtual
}

const siftDoc = "looks at numbers, at most 4096, by their keys, (x − center)·factor to the nearest whole number. "

// siftVBMI builds the pass that finds in a table what a key means.
func (a *asm) siftVBMI() {
	a.function("siftVBMI", "func(x *float32, steps int, center, factor float32, classes *byte, counts *uint16, kept *float32) int",
		siftDoc+"The bits of a class say what to do with a key: the lower seven are counted, in the order 0, 2, 4, 6, 1, 3, 5, 7; "+
			"numbers of 64·steps whose class has the highest are written to kept, whole registers at a time. It returns how many they are.")
	x, steps := a.Load(a.Param("x"), a.GP64()), a.Load(a.Param("steps"), a.GP64())
	kept, start := a.Load(a.Param("kept"), a.GP64()), a.GP64()
	a.MOVQ(kept, start)
	s := &sifting{a, zmm, a.broadcast(zmm, "center"), a.broadcast(zmm, "factor")}
	table := s.table256()
	words := s.fourOf(16)
	turned := a.ZMM() // what turns the bits of eight bytes, taken as a square
	s.qword(0x8040201008040201, turned)
	even, odd, low := a.zeros(zmm, 1)[0], a.zeros(zmm, 1)[0], a.ZMM()
	s.qword(0x00ff00ff00ff00ff, low)

	a.Label("round")
	round := a.GP64()
	a.MOVQ(U32(siftRound), round)
	a.CMPQ(steps, round)
	a.CMOVQLT(steps, round)
	a.SUBQ(round, steps)
	counts := a.ZMM()
	a.VPXORD(counts, counts, counts)
	a.Label("step")
	numbers := s.load(x)
	class := table.find(s.keys(numbers))
	inside, k := a.GP64(), a.K()
	a.VPMOVB2M(class, k)
	a.KMOVQ(k, inside)
	for i, y := range numbers {
		s.keep(y, inside, words[i], kept)
	}
	a.VGF2P8AFFINEQB(Imm(0), class, turned, class)
	a.VPOPCNTB(class, class)
	a.VPADDB(class, counts, counts)
	a.ADDQ(U32(256), x)
	a.DECQ(round)
	a.JNE(LabelRef("step"))
	part := a.ZMM()
	a.VPANDD(low, counts, part)
	a.VPADDW(part, even, even)
	a.VPSRLW(Imm(8), counts, part)
	a.VPADDW(part, odd, odd)
	a.TESTQ(steps, steps)
	a.JNE(LabelRef("round"))

	to := a.Load(a.Param("counts"), a.GP64())
	for i, sum := range []reg.VecVirtual{even, odd} {
		a.VMOVQ(a.together(zmm, []reg.VecVirtual{sum}, 2, func(y, x reg.Register) { a.VPADDW(y, x, x) }), Mem{Base: to, Disp: 8 * i})
	}
	a.SUBQ(start, kept)
	a.SHRQ(Imm(2), kept)
	a.Store(kept, a.ReturnIndex(0))
	a.end()
}

// load loads four registers of numbers.
func (s *sifting) load(x reg.Register) (numbers [4]reg.VecVirtual) {
	for i := range numbers {
		numbers[i] = s.new(s.asm)
		s.VMOVUPS(Mem{Base: x, Disp: i * s.bytes}, numbers[i])
	}
	return numbers
}

// keys returns the keys of four registers of numbers. What is not finite gets the least one.
func (s *sifting) keys(numbers [4]reg.VecVirtual) reg.VecVirtual {
	var whole [4]reg.VecVirtual
	for i, x := range numbers {
		y := s.new(s.asm)
		s.VSUBPS(s.center, x, y)
		s.VMULPS(s.factor, y, y)
		s.VCVTPS2DQ(y, y)
		whole[i] = y
	}
	s.VPACKSSDW(whole[1], whole[0], whole[0])
	s.VPACKSSDW(whole[3], whole[2], whole[2])
	s.VPACKSSWB(whole[2], whole[0], whole[0])
	return whole[0]
}

// qword fills a register with eight bytes.
func (s *sifting) qword(bytes uint64, x reg.VecVirtual) {
	bits := s.GP64()
	s.MOVQ(U64(bytes), bits)
	s.VPBROADCASTQ(bits, x)
}

// fourOf returns the words that have ones at the first four of so many bits, again and again, at the next four, and so on.
func (s *sifting) fourOf(bits int) (words [4]reg.GPVirtual) {
	for i := range words {
		word := uint64(0)
		for at := 4 * i; at < 64; at += bits {
			word |= 0xf << at
		}
		words[i] = s.GP64()
		s.MOVQ(U64(word), words[i])
	}
	return words
}

// keep moves the numbers whose bits are inside together, and to where what is kept ends.
func (s *sifting) keep(x reg.VecVirtual, inside, word reg.GPVirtual, kept reg.Register) {
	bits, k := s.GP64(), s.K()
	s.PEXTQ(word, inside, bits)
	s.KMOVW(bits.As32(), k)
	s.VCOMPRESSPS_Z(x, k, x)
	s.VMOVUPS(x, Mem{Base: kept})
	s.POPCNTQ(bits, bits)
	s.LEAQ(Mem{Base: kept, Index: bits, Scale: 4}, kept)
}

// table256 is a table of 256 bytes in registers.
type table256 struct {
	*asm
	parts [4]reg.VecVirtual
}

func (s *sifting) table256() *table256 {
	t := &table256{asm: s.asm}
	from := s.Load(s.Param("classes"), s.GP64())
	for i := range t.parts {
		t.parts[i] = s.ZMM()
		s.VMOVDQU64(Mem{Base: from, Disp: 64 * i}, t.parts[i])
	}
	return t
}

// find returns what the table has at these places.
func (t *table256) find(at reg.VecVirtual) reg.VecVirtual {
	low, upper := t.ZMM(), t.K()
	t.VPMOVB2M(at, upper)
	t.VMOVDQA64(at, low)
	t.VPERMI2B(t.parts[1], t.parts[0], low)
	t.VPERMI2B(t.parts[3], t.parts[2], at)
	t.VPBLENDMB(at, low, upper, low)
	return low
}

// siftAVX2 builds the pass that compares with the bounds of ranges.
func (a *asm) siftAVX2() {
	a.function("siftAVX2", "func(x *float32, steps int, center, factor float32, first, last *int8, below, inside *uint32)",
		siftDoc+"It counts those below the first key of each of 7 ranges, and notes which of 32·steps are in a range: "+
			"the number 32·i + 8·j + 4·h + l in the bit 16·h + 4·j + l of inside[i].")
	x, steps := a.Load(a.Param("x"), a.GP64()), a.Load(a.Param("steps"), a.GP64())
	first, last := a.Load(a.Param("first"), a.GP64()), a.Load(a.Param("last"), a.GP64())
	to, bits := a.Load(a.Param("inside"), a.GP64()), a.GP32()
	s := &sifting{a, ymm, a.broadcast(ymm, "center"), a.broadcast(ymm, "factor")}
	counts := a.zeros(ymm, siftedRanges)
	a.Label("step")
	keys := s.keys(s.load(x))
	outside := a.YMM()
	for i, count := range counts {
		below, beyond := a.YMM(), a.YMM()
		a.VMOVDQU(Mem{Base: first, Disp: 32 * i}, below)
		a.VPCMPGTB(keys, below, below)
		a.VPSUBB(below, count, count)
		a.VPCMPGTB(Mem{Base: last, Disp: 32 * i}, keys, beyond)
		if i == 0 {
			a.VPOR(below, beyond, outside)
			continue
		}
		a.VPOR(below, beyond, beyond)
		a.VPAND(beyond, outside, outside)
	}
	a.VPMOVMSKB(outside, bits)
	a.NOTL(bits)
	a.MOVL(bits, Mem{Base: to})
	a.ADDQ(Imm(4), to)
	a.ADDQ(U32(128), x)
	a.DECQ(steps)
	a.JNE(LabelRef("step"))
	below, zero := a.Load(a.Param("below"), a.GP64()), a.zeros(ymm, 1)[0]
	for i, count := range counts {
		a.VPSADBW(zero, count, count)
		sum := a.together(ymm, []reg.VecVirtual{count}, 2, func(y, x reg.Register) { a.VPADDQ(y, x, x) })
		a.VMOVD(sum, Mem{Base: below, Disp: 4 * i})
	}
	a.end()
}
