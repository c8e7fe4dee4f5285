package kernels

import "math"

// RMSNorm writes x/√(mean(x²)+eps)·w to dst, for one row; dst may be x. The sum of squares is taken in float64, and three
// roundings follow: the error is at most 3·2^-24 of each element.
// arXiv 1910.07467; eps inside the root, as Llama does.
func RMSNorm(dst, x, w []float32, eps float32) { active.RMSNorm(dst, x, w, eps) }

// RMSNorm is the function [RMSNorm] at this level.
func (s *Set) RMSNorm(dst, x, w []float32, eps float32) {
	x, w = x[:len(dst):len(x)], w[:len(dst):len(w)]
	var sum float64
	pieces(len(x), func(lo, hi int) { sum += s.rows.sumSquares(x[lo:hi]) })
	scale := float32(1 / math.Sqrt(sum/float64(len(x))+float64(eps)))
	pieces(len(x), func(lo, hi int) { s.rows.normalize(dst[lo:hi], x[lo:hi], w[lo:hi], scale) })
}

// LayerNorm writes (x−mean)/√(variance+eps)·w + b to dst, for one row; dst may be x. w and b may be nil, for ones and
// zeros. Mean and variance are taken in float64, and at most three roundings follow.
// arXiv 1607.06450.
func LayerNorm(dst, x, w, b []float32, eps float32) { active.LayerNorm(dst, x, w, b, eps) }

// LayerNorm is the function [LayerNorm] at this level.
func (s *Set) LayerNorm(dst, x, w, b []float32, eps float32) {
	x = x[:len(dst):len(x)]
	var sum, squares float64
	pieces(len(x), func(lo, hi int) { sum += s.rows.sum(x[lo:hi]) })
	mean := sum / float64(len(x))
	pieces(len(x), func(lo, hi int) { squares += s.rows.squaresAbout(x[lo:hi], mean) })
	scale := 1 / math.Sqrt(squares/float64(len(x))+float64(eps))
	pieces(len(x), func(lo, hi int) { s.rows.center(dst[lo:hi], x[lo:hi], mean, scale) })
	if w != nil {
		s.Hadamard(dst, dst, w)
	}
	if b != nil {
		s.Add(dst, dst, b)
	}
}

func sumGeneric(x []float32) (sum float64) {
	for _, v := range x {
		sum += float64(v)
	}
	return sum
}

func sumSquaresGeneric(x []float32) (sum float64) {
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum
}

func squaresAboutGeneric(x []float32, mean float64) float64 {
	var s0, s1, s2, s3 float64
	for len(x) >= 4 {
		a, b := float64(x[0])-mean, float64(x[1])-mean
		c, d := float64(x[2])-mean, float64(x[3])-mean
		s0, s1, s2, s3 = s0+float64(a*a), s1+float64(b*b), s2+float64(c*c), s3+float64(d*d)
		x = x[4:]
	}
	for _, v := range x {
		d := float64(v) - mean
		s0 += float64(d * d)
	}
	return (s0 + s1) + (s2 + s3)
}

func normalizeGeneric(dst, x, w []float32, scale float32) {
	x, w = x[:len(dst):len(x)], w[:len(dst):len(w)]
	for i, v := range x {
		dst[i] = float32(v*scale) * w[i]
	}
}

func centerGeneric(dst, x []float32, mean, scale float64) {
	for i, v := range x[:len(dst):len(x)] {
		dst[i] = float32((float64(v) - mean) * scale)
	}
}
