package quant

// symmetric finds a scale and codes 0 … 2n−1 such that scale·(code − n) is near x, with errors weighted by w. It tries
// nineteen scales around the one that takes the number of the largest magnitude to −n, and keeps the best after a least
// squares fit.
func symmetric(codes []byte, n int32, x, w []float32) (scale float32) {
	peak := largest(x)
	clear(codes)
	if abs(peak) < 1e-15 {
		return 0
	}
	limit := float32(n)
	a, b := symmetricSums(-limit/peak, n, x, w)
	if b != 0 {
		scale = a / b
	}
	best, r := scale*a, -limit/peak
	for k := -9; k <= 9; k++ {
		if k == 0 {
			continue
		}
		try := -(limit + float32(0.1*float32(k))) / peak
		if a, b = symmetricSums(try, n, x, w); b > 0 && a*a > best*b {
			scale, r = a/b, try
			best = scale * a
		}
	}
	for i, v := range x {
		codes[i] = byte(clampNear(r*v, -n, n-1) + n)
	}
	return scale
}

// symmetricSums returns Σ w·x·l and Σ w·l·l for the codes l = x·r, rounded.
func symmetricSums(r float32, n int32, x, w []float32) (a, b float32) {
	for i, v := range x {
		l := float32(clampNear(r*v, -n, n-1))
		a += float32(w[i] * v * l)
		b += float32(w[i] * l * l)
	}
	return a, b
}
