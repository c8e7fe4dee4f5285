package model

// swiglu writes silu(gate)·up to y, silu(z) = z·sigmoid(z), and the sigmoids to s for the way back.
func (r *Run[F]) swiglu(y, s, gate, up []F) {
	parallel(r.threads, len(y), func(lo, hi int) {
		sigmoid(s[lo:hi], gate[lo:hi])
		for i := lo; i < hi; i++ {
			y[i] = gate[i] * s[i] * up[i]
		}
	})
}

// swigluBack writes the gradients of gate and up to dgate and dup; silu' = s·(1 + gate·(1−s)).
func (r *Run[F]) swigluBack(dgate, dup, dy, s, gate, up []F) {
	parallel(r.threads, len(dy), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			g, s := gate[i], s[i]
			dup[i] = dy[i] * g * s
			dgate[i] = dy[i] * up[i] * s * (1 + F(g*(1-s)))
		}
	})
}

// sigmoid writes 1/(1+exp(−x)) to y.
func sigmoid[F Float](y, x []F) {
	for i, v := range x {
		y[i] = -v
	}
	expAll(y)
	for i, v := range y {
		y[i] = 1 / (1 + v)
	}
}
