package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// siftedRanges is how many ranges sift looks at: as many as registers hold, with what is counted of each.
const siftedRanges = 7

// sifting is a pass over numbers by their keys, words that sort as the numbers do: their upper halves, with the magnitude
// turned round below zero. Two registers of numbers are one of keys.
type sifting struct {
	*asm
	vector
	before, last []Op             // of each range: the key before its first, its last; one more that is before what is not finite
	counts       []reg.VecVirtual // of keys above before, negative
	minusOne     reg.VecVirtual

	magnitude reg.VecVirtual // bits of a word; of 512 bits only
	odd       reg.Register   // words; likewise
}

const siftDoc = "looks at numbers, fewer than 2¹⁹, by their keys. It counts those above each of 8 bounds before, and "

// siftAVX512 builds the pass that moves what is in a range together.
func (a *asm) siftAVX512() {
	a.function("siftAVX512", "func(x *float32, steps int, before, last *int16, above *uint32, kept *float32) int",
		siftDoc+"writes those of 32·steps that are in one of 7 ranges to kept, whole registers at a time; it returns how many they are.")
	kept, start := a.Load(a.Param("kept"), a.GP64()), a.GP64()
	a.MOVQ(kept, start)
	s := &sifting{asm: a, vector: zmm, magnitude: a.ZMM()}
	bits, odd := a.GP32(), a.K()
	a.MOVL(U32(0xaaaaaaaa), bits)
	a.KMOVD(bits, odd)
	s.odd = odd
	s.pass(func(first, second, keys reg.VecVirtual) {
		inside := a.GP32()
		a.KMOVD(s.inside(keys), inside)
		s.keep(first, inside, 0x55555555, kept)
		s.keep(second, inside, 0xaaaaaaaa, kept)
	})
	a.SUBQ(start, kept)
	a.SHRQ(Imm(2), kept)
	a.Store(kept, a.ReturnIndex(0))
	a.end()
}

// siftAVX2 builds the pass that notes what is in a range.
func (a *asm) siftAVX2() {
	a.function("siftAVX2", "func(x *float32, steps int, before, last *int16, above, inside *uint32)",
		siftDoc+"notes which of 16·steps are in one of 7 ranges: the numbers 16·i+j and 16·i+8+j in the bits 4·j and 4·j+2 of inside[i].")
	to, bits := a.Load(a.Param("inside"), a.GP64()), a.GP32()
	s := &sifting{asm: a, vector: ymm}
	s.pass(func(_, _, keys reg.VecVirtual) {
		a.VPMOVMSKB(s.insideLanes(keys), bits)
		a.MOVL(bits, Mem{Base: to})
		a.ADDQ(Imm(4), to)
	})
	a.end()
}

// pass goes over the numbers, and stores the counts.
func (s *sifting) pass(step func(first, second, keys reg.VecVirtual)) {
	x := s.Load(s.Param("x"), s.GP64())
	steps := s.Load(s.Param("steps"), s.GP64())
	s.load()
	s.Label("step")
	first, second := s.new(s.asm), s.new(s.asm)
	s.VMOVUPS(Mem{Base: x}, first)
	s.VMOVUPS(Mem{Base: x, Disp: s.bytes}, second)
	step(first, second, s.keys(first, second))
	s.ADDQ(U32(uint32(2*s.bytes)), x)
	s.DECQ(steps)
	s.JNE(LabelRef("step"))
	to := s.Load(s.Param("above"), s.GP64())
	for i, n := range s.counts {
		x := s.new(s.asm) // one of those with a short name
		s.VPMADDWD(s.minusOne, n, x)
		sum := s.together(s.vector, []reg.VecVirtual{x}, 4, func(y, x reg.Register) { s.VPADDD(y, x, x) })
		s.VMOVD(sum, Mem{Base: to, Disp: 4 * i})
	}
}

// load loads what fits into registers.
func (s *sifting) load() {
	s.minusOne = s.new(s.asm)
	s.VPCMPEQD(s.minusOne.AsY(), s.minusOne.AsY(), s.minusOne.AsY())
	if s.bytes == 64 {
		s.VPBROADCASTD(s.minusOne.AsX(), s.minusOne)
		s.VPSRLW(Imm(1), s.minusOne, s.magnitude)
	}
	s.before = s.bounds("before", siftedRanges+1)
	s.last = s.bounds("last", siftedRanges)
	s.counts = s.zeros(s.vector, siftedRanges+1)
}

func (s *sifting) bounds(param string, n int) (list []Op) {
	table := s.Load(s.Param(param), s.GP64())
	for i := range n {
		m := Mem{Base: table, Disp: 64 * i}
		if s.bytes == 32 {
			list = append(list, m)
			continue
		}
		bound := s.ZMM()
		s.VMOVUPS(m, bound)
		list = append(list, bound)
	}
	return list
}

// keys returns the keys of two registers of numbers, in turn.
func (s *sifting) keys(first, second reg.VecVirtual) reg.VecVirtual {
	keys, sign := s.new(s.asm), s.new(s.asm)
	s.VPSRLD(Imm(16), first, keys)
	if s.bytes == 64 {
		s.VPBLENDMW(second, keys, s.odd, keys)
		s.VPSRAW(Imm(15), keys, sign)
		s.VPTERNLOGD(U8(0x78), s.magnitude, sign, keys) // keys ^ (sign & magnitude)
		return keys
	}
	s.VPBLENDW(Imm(0xaa), second, keys, keys)
	s.VPSRAW(Imm(15), keys, sign)
	s.VPSRLW(Imm(1), sign, sign)
	s.VPXOR(sign, keys, keys)
	return keys
}

// inside counts keys, and returns which are in a range. Differences that saturate keep their sign: to compare into masks
// takes longer on some processors, which have one place for that.
func (s *sifting) inside(keys reg.VecVirtual) reg.Register {
	all := s.ZMM()
	for i, before := range s.before {
		after := s.ZMM() // negative for keys above before
		s.VPSUBSW(keys, before, after)
		if i < siftedRanges {
			beyond := s.ZMM()
			s.VPSUBSW(keys, s.last[i], beyond)
			if i == 0 {
				s.VPANDND(after, beyond, all)
			} else {
				s.VPTERNLOGD(U8(0xf4), beyond, after, all) // all | after &^ beyond
			}
		}
		s.VPSRAW(Imm(15), after, after)
		s.VPADDW(after, s.counts[i], s.counts[i])
	}
	k := s.K()
	s.VPMOVW2M(all, k)
	return k
}

// insideLanes is inside as lanes of ones.
func (s *sifting) insideLanes(keys reg.VecVirtual) reg.Register {
	all := s.zeros(s.vector, 1)[0]
	for i, before := range s.before {
		k := s.YMM()
		s.VPCMPGTW(before, keys, k)
		s.VPADDW(k, s.counts[i], s.counts[i])
		if i == siftedRanges {
			break
		}
		beyond := s.YMM()
		s.VPCMPGTW(s.last[i], keys, beyond)
		s.VPANDN(k, beyond, k)
		s.VPOR(k, all, all)
	}
	return all
}

// keep moves the numbers whose words are inside together, and to where what is kept ends.
func (s *sifting) keep(x reg.VecVirtual, inside reg.GPVirtual, words uint32, kept reg.Register) {
	bits, k := s.GP32(), s.K()
	s.MOVL(U32(words), bits)
	s.PEXTL(bits, inside, bits)
	s.KMOVW(bits, k)
	s.VCOMPRESSPS_Z(x, k, x)
	s.VMOVUPS(x, Mem{Base: kept})
	s.POPCNTL(bits, bits)
	s.LEAQ(Mem{Base: kept, Index: bits.As64(), Scale: 4}, kept)
}
