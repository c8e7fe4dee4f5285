package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A round of reading takes readRound bytes of each stream. Prefetching, it asks for what is readAhead bytes further on.
const (
	readRound = 256
	readAhead = 2048
)

// peakSums is how many sums are independent: more than any processor has instructions of this kind under way.
const peakSums = 20

// peaks builds loops that do nothing but what a processor can do at most: multiply and add in registers, and read.
func peaks(a *asm) {
	a.peak("Bytes", "VNNI", a.ZMM, func(x, sum reg.VecVirtual) { a.VPDPBUSD(x, x, sum) })
	a.peak("Bytes", "AVX512", a.ZMM, a.widening(a.ZMM))
	a.peak("Bytes", "AVX2", a.YMM, a.widening(a.YMM))
	a.peak("Floats", "AVX512", a.ZMM, func(x, sum reg.VecVirtual) { a.VFMADD231PS(x, x, sum) })
	a.peak("Floats", "AVX2", a.YMM, func(x, sum reg.VecVirtual) { a.VFMADD231PS(x, x, sum) })
	for _, streams := range []int{1, 2, 4, 8} {
		for _, ahead := range []bool{false, true} {
			a.read("AVX512", streams, ahead, 64, a.ZMM)
			a.read("AVX2", streams, ahead, 32, a.YMM)
		}
	}
	a.cycles()
}

// peak builds rounds of one multiply-add for each of the sums that the level has registers for.
func (a *asm) peak(name, level string, vector func() reg.VecVirtual, muladd func(x, sum reg.VecVirtual)) {
	a.function("peak"+name+level, "func(rounds int)", "multiplies and adds in registers.")
	rounds := a.Load(a.Param("rounds"), a.GP64())
	sums := make([]reg.VecVirtual, peakSums)
	if level == "AVX2" {
		sums = sums[:peakSums/2] // there are 16 registers
	}
	x := vector()
	a.VXORPS(x.AsX(), x.AsX(), x.AsX()) // clears all of it
	for i := range sums {
		sums[i] = vector()
		a.VMOVAPS(x, sums[i])
	}
	a.Label("round")
	for _, sum := range sums {
		muladd(x, sum)
	}
	a.DECQ(rounds)
	a.JNE(LabelRef("round"))
	a.VZEROUPPER()
	a.RET()
}

// widening is the product of bytes in three steps: to 16 bits, to 32, and the sum.
func (a *asm) widening(vector func() reg.VecVirtual) func(x, sum reg.VecVirtual) {
	return func(x, sum reg.VecVirtual) {
		product := vector()
		a.VPMADDUBSW(x, x, product)
		a.VPMADDWD(x, product, product)
		a.VPADDD(product, sum, sum)
	}
}

// read builds rounds of loads from several streams that are stride bytes apart.
func (a *asm) read(level string, streams int, ahead bool, width int, vector func() reg.VecVirtual) {
	name := fmt.Sprintf("readx%d%s", streams, level)
	if ahead {
		name += "Ahead"
	}
	a.function(name, "func(p *byte, stride, rounds int)",
		fmt.Sprintf("reads %d bytes from each of %d streams in a round.", readRound, streams))
	at := []reg.Register{a.Load(a.Param("p"), a.GP64())}
	stride := a.Load(a.Param("stride"), a.GP64())
	rounds := a.Load(a.Param("rounds"), a.GP64())
	for i := 1; i < streams; i++ {
		next := a.GP64()
		a.LEAQ(Mem{Base: at[i-1], Index: stride, Scale: 1}, next)
		at = append(at, next)
	}
	to := vector()
	a.Label("round")
	for _, p := range at {
		for disp := 0; disp < readRound; disp += width {
			if ahead && disp%64 == 0 {
				a.PREFETCHT1(Mem{Base: p, Disp: disp + readAhead})
			}
			a.VMOVUPS(Mem{Base: p, Disp: disp}, to)
		}
		a.ADDQ(U32(readRound), p)
	}
	a.DECQ(rounds)
	a.JNE(LabelRef("round"))
	a.VZEROUPPER()
	a.RET()
}

// cycles builds rounds of one multiplication that waits for the one before: three cycles each on the processors at hand.
func (a *asm) cycles() {
	a.function("chain", "func(rounds int)", "multiplies numbers in a chain.")
	rounds := a.Load(a.Param("rounds"), a.GP64())
	x := a.GP64()
	a.MOVQ(U32(3), x)
	a.Label("round")
	for range peakSums {
		a.IMULQ(x, x)
	}
	a.DECQ(rounds)
	a.JNE(LabelRef("round"))
	a.RET()
}
