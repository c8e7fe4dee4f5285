package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// activations builds the functions on rows that are made of exponentials.
func activations(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.expSum(v)
		a.gated(v, "swiglu", "x·σ(x)·up, x being gate,", func(e *sigmoid, x reg.VecVirtual) reg.VecVirtual { return x })
		a.gated(v, "geglu", "gelu(gate)·up", (*sigmoid).gelu)
		a.gelu(v)
	}
}

func (a *asm) expSum(v vector) {
	a.function("expSum"+v.level, "func(x []float32, shift float32) float64", "replaces x by e^(x − shift), and returns the sum.")
	n, rows := a.slices("x")
	e := a.exponential(v)
	shift := a.broadcast(v, "shift")
	sums := a.zeros(v, 2)
	zero := a.zeros(v, 1)[0]
	a.over(v, n, 2, rows, func(l *lanes) {
		x := l.load(rows[0])
		a.VSUBPS(shift, x, x)
		x = l.orElse(e.of(x), zero)
		l.store(x, rows[0])
		half, low, high := v.half(a), v.new(a), v.new(a)
		if v.bytes == 64 {
			a.VEXTRACTF64X4(Imm(1), x, half)
			a.VCVTPS2PD(x.AsY(), low)
		} else {
			a.VEXTRACTF128(Imm(1), x, half)
			a.VCVTPS2PD(x.AsX(), low)
		}
		a.VCVTPS2PD(half, high)
		a.VADDPD(low, sums[0], sums[0])
		a.VADDPD(high, sums[1], sums[1])
	})
	a.Store(a.together(v, sums, 2, func(y, x reg.Register) { a.VADDPD(y, x, x) }), a.ReturnIndex(0))
	a.end()
}

// gated builds f(gate)·up, f(x) being x·σ(z) with a z that depends on x.
func (a *asm) gated(v vector, name, what string, z func(s *sigmoid, x reg.VecVirtual) reg.VecVirtual) {
	a.function(name+v.level, "func(dst, gate, up []float32)", "writes "+what+" to dst.")
	n, rows := a.slices("dst", "gate", "up")
	s := a.sigmoid(v)
	a.over(v, n, 1, rows, func(l *lanes) {
		x := l.load(rows[1])
		y := s.times(x, z(s, x))
		a.VMULPS(l.load(rows[2]), y, y)
		l.store(y, rows[0])
	})
	a.end()
}

func (a *asm) gelu(v vector) {
	a.function("gelu"+v.level, "func(dst, x []float32)", "writes gelu(x) to dst.")
	n, rows := a.slices("dst", "x")
	s := a.sigmoid(v)
	a.over(v, n, 1, rows, func(l *lanes) {
		x := l.load(rows[1])
		l.store(s.times(x, s.gelu(x)), rows[0])
	})
	a.end()
}

// sigmoid computes σ(z) = 1/(1 + e^−z) as e^−|z|/(1 + e^−|z|) for negative z, which loses nothing far from zero.
type sigmoid struct {
	*exponential
	sign, zero  reg.VecVirtual
	root, cubic Op
}

func (a *asm) sigmoid(v vector) *sigmoid {
	s := &sigmoid{exponential: a.exponential(v), sign: v.new(a), zero: a.zeros(v, 1)[0]}
	a.VMOVAPS(a.number(v, float32(math.Copysign(0, -1))), s.sign)
	root := 2 * math.Sqrt(2/math.Pi)
	s.root, s.cubic = a.number(v, float32(root)), a.number(v, float32(root*0.044715))
	return s
}

// gelu returns z with which x·σ(z) is GELU in the form of tanh: 2·√(2/π)·(x + 0.044715·x³).
func (s *sigmoid) gelu(x reg.VecVirtual) reg.VecVirtual {
	z := s.register()
	s.VMULPS(x, x, z)
	p := s.register()
	s.VMOVAPS(s.root, p)
	s.VFMADD231PS(s.cubic, z, p)
	s.VMULPS(x, p, p)
	return p
}

// times returns x·σ(z).
func (s *sigmoid) times(x, z reg.VecVirtual) reg.VecVirtual {
	t := s.register()
	s.VORPS(s.sign, z, t)
	e := s.of(t)
	upper := s.register() // of the fraction: 1, or e where z is negative
	if s.bytes == 64 {
		k := s.K()
		s.VPMOVD2M(z, k)
		s.VBLENDMPS(e, s.one.(reg.Register), k, upper)
	} else {
		s.VMOVAPS(s.one, upper)
		s.VBLENDVPS(z, e, upper, upper)
	}
	s.VADDPS(s.one, e, e)
	s.VMULPS(x, upper, upper)
	s.VDIVPS(e, upper, upper)
	return upper
}
