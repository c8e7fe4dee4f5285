package kernels

import "math"

// Softmax replaces x by exp(x−max)/Σ exp(x−max). The sum is taken in float64; an element v has a relative error of at most
// (5+max−v)·2^-24, since v−max is rounded, and those below 2^-126 may lose digits.
func Softmax(x []float32) { active.Softmax(x) }

// Softmax is the function [Softmax] at this level.
func (s *Set) Softmax(x []float32) {
	most, sum := s.Max(x), 0.0
	pieces(len(x), func(lo, hi int) { sum += s.rows.expSum(x[lo:hi], most) })
	s.Scale(float32(1/sum), x)
}

func expSumGeneric(x []float32, shift float32) (sum float64) {
	for i, v := range x {
		e := float32(math.Exp(float64(v - shift)))
		x[i] = e
		sum += float64(e)
	}
	return sum
}
