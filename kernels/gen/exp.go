package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// exponential is e^x in float32 to about one unit in the last place: x = n·ln 2 + r with |r| ≤ ln 2 / 2, and
// e^x = 2^n·(1 + r + r²·q(r)). The polynomial q is fitted so that the largest relative error is 3·10^-9, before rounding.
type exponential struct {
	*asm
	vector
	least, most, perLn2, ln2, rest, one Op
	q                                   [5]Op
}

// Beyond these e^x is 0 and infinite.
const leastExponent, mostExponent = -104, 89

func (a *asm) exponential(v vector) *exponential {
	high := float32(math.Ln2)
	e := &exponential{asm: a, vector: v, least: a.number(v, leastExponent), most: a.number(v, mostExponent),
		perLn2: a.number(v, math.Log2E), ln2: a.number(v, high), rest: a.number(v, float32(math.Ln2-float64(high))), one: a.number(v, 1)}
	for i, c := range []float32{0.49999994, 0.16666521, 0.041668389, 0.0083687454, 0.0013814538} {
		e.q[i] = a.number(v, c)
	}
	return e
}

// of replaces x by e^x. NaN stays, since VMINPS and VMAXPS return what comes last here if one of them is NaN.
func (e *exponential) of(x reg.VecVirtual) reg.VecVirtual {
	n, r, p := e.register(), e.register(), e.register()
	e.VMOVAPS(e.least, r)
	e.VMAXPS(x, r, r)
	e.VMOVAPS(e.most, p)
	e.VMINPS(r, p, r)
	e.VMULPS(e.perLn2, r, n)
	e.round(n)
	e.VFNMADD231PS(e.ln2, n, r)
	e.VFNMADD231PS(e.rest, n, r)
	e.VMOVAPS(e.q[4], p)
	for i := 3; i >= 0; i-- {
		e.VFMADD213PS(e.q[i], r, p)
	}
	e.VMULPS(r, p, p)
	e.VFMADD213PS(r, r, p)
	e.VADDPS(e.one, p, p)
	return e.scaled(p, n)
}

func (e *exponential) register() reg.VecVirtual { return e.new(e.asm) }

// round rounds to whole numbers.
func (e *exponential) round(x reg.VecVirtual) {
	if e.bytes == 64 {
		e.VRNDSCALEPS(Imm(8), x, x)
	} else {
		e.VROUNDPS(Imm(8), x, x)
	}
}

// scaled returns x·2^n. Without an instruction for it that takes two steps, so that neither 2^128 nor numbers below 2^-126
// are lost.
func (e *exponential) scaled(x, n reg.VecVirtual) reg.VecVirtual {
	if e.bytes == 64 {
		e.VSCALEFPS(n, x, x)
		return x
	}
	half := e.register()
	e.VCVTPS2DQ(n, n)
	e.VPSRAD(Imm(1), n, half)
	e.VPSUBD(half, n, n)
	for _, k := range []reg.VecVirtual{half, n} {
		e.VPSLLD(Imm(23), k, k)
		e.VPADDD(e.one, k, k)
		e.VMULPS(k, x, x)
	}
	return x
}
