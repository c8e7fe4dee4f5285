package kernels

import "math"

// RoPEAngles writes the cosines and sines by which [RoPE] turns the pairs of a token: of the angles pos·freqs, times mag.
// Angles are taken in float64, so large positions lose nothing. All heads of a token have the same.
func RoPEAngles(cos, sin []float32, pos int32, freqs []float64, mag float64) {
	cos, sin = cos[:len(freqs):len(cos)], sin[:len(freqs):len(sin)]
	for i, f := range freqs {
		s, c := math.Sincos(float64(pos) * f)
		cos[i], sin[i] = float32(c*mag), float32(s*mag)
	}
}

// RoPE turns one head in place, len(cos) pairs of it. The pairs are (2i, 2i+1), or (i, i+len(cos)) when halves; what lies
// behind them stays. All operations are rounded, and the bits are the same at every level.
// arXiv 2104.09864.
func RoPE(x, cos, sin []float32, halves bool) { active.RoPE(x, cos, sin, halves) }

// RoPE is the function [RoPE] at this level.
func (s *Set) RoPE(x, cos, sin []float32, halves bool) {
	sin, x = sin[:len(cos):len(sin)], x[:2*len(cos):len(x)]
	if halves {
		s.rows.turnHalves(x, cos, sin)
	} else {
		s.rows.turnPairs(x, cos, sin)
	}
}

func turnHalvesGeneric(x, cos, sin []float32) {
	first, second := x[:len(cos)], x[len(cos):]
	for i, c := range cos {
		first[i], second[i] = turn(first[i], second[i], c, sin[i])
	}
}

func turnPairsGeneric(x, cos, sin []float32) {
	for i, c := range cos {
		x[2*i], x[2*i+1] = turn(x[2*i], x[2*i+1], c, sin[i])
	}
}

func turn(a, b, cos, sin float32) (float32, float32) {
	return float32(a*cos) - float32(b*sin), float32(a*sin) + float32(b*cos)
}
