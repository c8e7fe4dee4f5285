package kernels

import "math"

// Dot returns Σ a[i]·b[i] over len(a) elements, in float32 and an order that depends on the level: the error is at most
// (len(a)/8+11)·2^-24·Σ|a·b|.
func Dot(a, b []float32) float32 { return active.Dot(a, b) }

// Dot is the function [Dot] at this level.
func (s *Set) Dot(a, b []float32) float32 {
	b = b[:len(a):len(b)]
	if len(a) <= longest {
		return s.rows.dot(a, b)
	}
	var sum float32
	pieces(len(a), func(lo, hi int) { sum += s.rows.dot(a[lo:hi], b[lo:hi]) })
	return sum
}

// Axpy adds alpha·x to y, element by element, both operations rounded. It has the same bits at every level.
func Axpy(alpha float32, x, y []float32) { active.Axpy(alpha, x, y) }

// Axpy is the function [Axpy] at this level.
func (s *Set) Axpy(alpha float32, x, y []float32) {
	y = y[:len(x):len(y)]
	pieces(len(x), func(lo, hi int) { s.rows.axpy(alpha, x[lo:hi], y[lo:hi]) })
}

// Scale multiplies every element of x by alpha.
func Scale(alpha float32, x []float32) { active.Scale(alpha, x) }

// Scale is the function [Scale] at this level.
func (s *Set) Scale(alpha float32, x []float32) {
	pieces(len(x), func(lo, hi int) { s.rows.scale(alpha, x[lo:hi]) })
}

// Add writes a + b to dst, element by element. dst may be a or b.
func Add(dst, a, b []float32) { active.Add(dst, a, b) }

// Add is the function [Add] at this level.
func (s *Set) Add(dst, a, b []float32) {
	a, b = a[:len(dst):len(a)], b[:len(dst):len(b)]
	pieces(len(dst), func(lo, hi int) { s.rows.add(dst[lo:hi], a[lo:hi], b[lo:hi]) })
}

// Hadamard writes a·b to dst, element by element. dst may be a or b.
func Hadamard(dst, a, b []float32) { active.Hadamard(dst, a, b) }

// Hadamard is the function [Hadamard] at this level.
func (s *Set) Hadamard(dst, a, b []float32) {
	a, b = a[:len(dst):len(a)], b[:len(dst):len(b)]
	pieces(len(dst), func(lo, hi int) { s.rows.mul(dst[lo:hi], a[lo:hi], b[lo:hi]) })
}

// Max returns the largest element, −Inf for none. NaN is passed over.
func Max(x []float32) float32 { return active.Max(x) }

// Max is the function [Max] at this level.
func (s *Set) Max(x []float32) float32 {
	most := float32(math.Inf(-1))
	pieces(len(x), func(lo, hi int) { most = max(most, s.rows.max(x[lo:hi])) })
	return most
}

// Finite reports whether no element is NaN or infinite.
func Finite(x []float32) bool { return active.Finite(x) }

// Finite is the function [Finite] at this level.
func (s *Set) Finite(x []float32) bool {
	var odd float32
	pieces(len(x), func(lo, hi int) { odd += s.rows.odd(x[lo:hi]) })
	return odd == 0
}

// dotGeneric adds eight partial sums, element i in sum i mod 8, as ((0+4)+(2+6))+((1+5)+(3+7)), and the tail in order.
// There is no fused multiply-add.
func dotGeneric(a, b []float32) float32 {
	b = b[:len(a):len(b)]
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for len(a) >= 8 && len(b) >= 8 {
		s0 += float32(a[0] * b[0])
		s1 += float32(a[1] * b[1])
		s2 += float32(a[2] * b[2])
		s3 += float32(a[3] * b[3])
		s4 += float32(a[4] * b[4])
		s5 += float32(a[5] * b[5])
		s6 += float32(a[6] * b[6])
		s7 += float32(a[7] * b[7])
		a, b = a[8:], b[8:]
	}
	s := ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
	for i, v := range a {
		s += float32(v * b[i])
	}
	return s
}

func axpyGeneric(alpha float32, x, y []float32) {
	y = y[:len(x):len(y)]
	for i, v := range x {
		y[i] += float32(alpha * v)
	}
}

func scaleGeneric(alpha float32, x []float32) {
	for i := range x {
		x[i] *= alpha
	}
}

func addGeneric(dst, a, b []float32) {
	a, b = a[:len(dst):len(a)], b[:len(dst):len(b)]
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func mulGeneric(dst, a, b []float32) {
	a, b = a[:len(dst):len(a)], b[:len(dst):len(b)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

func maxGeneric(x []float32) float32 {
	m := float32(math.Inf(-1))
	for _, v := range x {
		if v > m {
			m = v
		}
	}
	return m
}

func oddGeneric(x []float32) (sum float32) {
	for _, v := range x {
		sum += v - v
	}
	return sum
}

func aboveGeneric(x []float32, least float32) int {
	for i, v := range x {
		if v > least {
			return i
		}
	}
	return len(x)
}
