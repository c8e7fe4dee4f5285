package kernels

import "math"

// SwiGLU writes silu(gate)·up to dst, silu(z) = z/(1+exp(−z)). The relative error is at most 6·2^-24, where
// the result is not subnormal.
// arXiv 2002.05202.
func SwiGLU(dst, gate, up []float32) { active.SwiGLU(dst, gate, up) }

// SwiGLU is the function [SwiGLU] at this level.
func (s *Set) SwiGLU(dst, gate, up []float32) {
	gate, up = gate[:len(dst):len(gate)], up[:len(dst):len(up)]
	pieces(len(dst), func(lo, hi int) { s.rows.swiglu(dst[lo:hi], gate[lo:hi], up[lo:hi]) })
}

// GeGLU writes gelu(gate)·up to dst, with the function of [GELU].
// arXiv 2002.05202.
func GeGLU(dst, gate, up []float32) { active.GeGLU(dst, gate, up) }

// GeGLU is the function [GeGLU] at this level.
func (s *Set) GeGLU(dst, gate, up []float32) {
	gate, up = gate[:len(dst):len(gate)], up[:len(dst):len(up)]
	pieces(len(dst), func(lo, hi int) { s.rows.geglu(dst[lo:hi], gate[lo:hi], up[lo:hi]) })
}

// GELU writes z/2·(1 + tanh(√(2/π)·(z + 0.044715·z³))), the usual form of GELU, for each z of x to dst, which may be x. The
// relative error is at most (7+8·|u|)·2^-24, u being the argument of tanh, where z is negative, since the result is
// small there; more where it is subnormal.
// arXiv 1606.08415.
func GELU(dst, x []float32) { active.GELU(dst, x) }

// GELU is the function [GELU] at this level.
func (s *Set) GELU(dst, x []float32) {
	x = x[:len(dst):len(x)]
	pieces(len(dst), func(lo, hi int) { s.rows.gelu(dst[lo:hi], x[lo:hi]) })
}

func swigluGeneric(dst, gate, up []float32) {
	gate, up = gate[:len(dst):len(gate)], up[:len(dst):len(up)]
	for i, g := range gate {
		dst[i] = float32(float64(g)/(1+math.Exp(-float64(g)))) * up[i]
	}
}

func gegluGeneric(dst, gate, up []float32) {
	gate, up = gate[:len(dst):len(gate)], up[:len(dst):len(up)]
	for i, g := range gate {
		dst[i] = gelu(g) * up[i]
	}
}

func geluGeneric(dst, x []float32) {
	for i, v := range x[:len(dst):len(x)] {
		dst[i] = gelu(v)
	}
}

// gelu uses that (1 + tanh(u))/2 is 1/(1 + exp(−2u)), which loses nothing where it is small.
func gelu(x float32) float32 {
	z := float64(x)
	u := math.Sqrt(2/math.Pi) * (z + 0.044715*z*z*z)
	return float32(z / (1 + math.Exp(-2*u)))
}
