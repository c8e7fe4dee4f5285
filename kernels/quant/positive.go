package quant

// positive finds a scale and codes 0 … n such that scale·code is near x, which is mostly not negative, with errors
// weighted by w: nine scales are tried, then single codes are moved while that helps.
func positive(codes []byte, n int32, x, w []float32) (scale float32) {
	var peak float32
	for _, v := range x {
		peak = greater(v, peak)
	}
	clear(codes)
	if peak < 1e-15 {
		return 0
	}
	r := positiveScale(n, peak, x, w)
	var a, b float32
	for i, v := range x {
		l := min(n, near(r*v))
		a += float32(w[i] * v * float32(l))
		b += float32(w[i] * float32(l) * float32(l))
		codes[i] = byte(l)
	}
	for range 5 {
		if !moveCodes(codes, n, x, w, &a, &b) {
			break
		}
	}
	return ratio(a, b)
}

// positiveScale returns the best inverse scale of those around n/peak.
func positiveScale(n int32, peak float32, x, w []float32) float32 {
	r := float32(n) / peak
	best := positiveError(r, n, true, x, w)
	for k := -4; k <= 4; k++ {
		if k == 0 {
			continue
		}
		try := (float32(0.1*float32(k)) + float32(n)) / peak
		if e := positiveError(try, n, false, x, w); e < best {
			best, r = e, try
		}
	}
	return r
}

// positiveError returns the weighted square error of the codes x·r. In ggml's first try a negative code wraps
// around in its byte.
func positiveError(r float32, n int32, first bool, x, w []float32) (e float32) {
	scale := 1 / r
	for i, v := range x {
		l := near(r * v)
		if first {
			l = int32(byte(l))
		} else {
			l = min(l, n)
		}
		t := v - float32(scale*float32(l))
		e += float32(w[i] * t * t)
	}
	return e
}

// moveCodes moves each code to where the others want it, if the fit gets better by it. It keeps the sums a = Σ w·x·code
// and b = Σ w·code·code, and reports whether any code moved.
func moveCodes(codes []byte, n int32, x, w []float32, a, b *float32) (moved bool) {
	for i, v := range x {
		c := float32(codes[i])
		a1 := *a - float32(w[i]*v*c)
		b1 := *b - float32(w[i]*c*c)
		if !(a1 > 0 && b1 > 0) {
			continue
		}
		l := min(n, near(v*b1/a1))
		if l == int32(codes[i]) {
			continue
		}
		a1 += float32(w[i] * v * float32(l))
		b1 += float32(w[i] * float32(l) * float32(l))
		if gain, now := a1*a1*(*b), (*a)*(*a)*b1; gain > now {
			codes[i], *a, *b, moved = byte(l), a1, b1, true
		}
	}
	return moved
}
