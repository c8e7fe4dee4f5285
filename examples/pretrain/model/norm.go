package model

import "math"

// norm writes x/√(mean(x²)+eps)·w to y, row by row, and 1/√(…) to scale: x, y [n, dim], scale [n].
func (r *Run[F]) norm(y, scale, x, w []F) {
	dim := len(w)
	parallel(r.threads, len(scale), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			x, y := x[i*dim:][:dim], y[i*dim:][:dim]
			s := F(1 / math.Sqrt(float64(dot(x, x))/float64(dim)+r.config.Eps))
			scale[i] = s
			for j, v := range x {
				y[j] = F(v*s) * w[j]
			}
		}
	})
}

// normBack adds to dx and dw. With s = scale and g = dy·w:
//
//	dx = s·(g − x·s²·mean(g·x))    dw = Σ over rows of dy·x·s
func (r *Run[F]) normBack(dx, dw, dy, x, scale, w []F) {
	dim := len(w)
	parallel(r.threads, len(scale), func(lo, hi int) {
		g := make([]F, dim)
		for i := lo; i < hi; i++ {
			x, dx, dy := x[i*dim:][:dim], dx[i*dim:][:dim], dy[i*dim:][:dim]
			for j := range g {
				g[j] = dy[j] * w[j]
			}
			s := scale[i]
			m := dot(g, x) / F(dim) * s * s
			for j := range dx {
				dx[j] += F(s * (g[j] - F(m*x[j])))
			}
		}
	})
	for i, s := range scale {
		x, dy := x[i*dim:][:dim], dy[i*dim:][:dim]
		for j := range dw {
			dw[j] += F(dy[j] * F(x[j]*s))
		}
	}
}

// dot adds in four sums, element i in sum i mod 4.
func dot[F Float](a, b []F) F {
	var s0, s1, s2, s3 F
	for len(a) >= 4 && len(b) >= 4 {
		s0 += F(a[0] * b[0])
		s1 += F(a[1] * b[1])
		s2 += F(a[2] * b[2])
		s3 += F(a[3] * b[3])
		a, b = a[4:], b[4:]
	}
	for i, v := range a {
		s0 += F(v * b[i])
	}
	return (s0 + s2) + (s1 + s3)
}
