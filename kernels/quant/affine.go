package quant

// affine describes a search for a scale, a minimum and codes.
type affine struct {
	n         int32   // codes are 0 … n
	low, step float32 // the k-th of the steps+1 tries spreads the range over n + low + step·k codes
	steps     int
	magnitude bool // the error of a number counts by its magnitude, not by its square
}

// affineSums are sums over the weights w, the numbers x and their codes l.
type affineSums struct{ w, x, l, ll, lx float32 }

// search finds a scale, a minimum (not negative) and codes such that scale·code − minimum is near x, with errors
// weighted by w. At most 32 numbers.
func (s affine) search(codes []byte, x, w []float32) (scale, minimum float32) {
	lowest, highest := extremes(x)
	lowest = lesser(lowest, 0)
	clear(codes)
	if highest == lowest {
		return 0, -lowest
	}
	var levels [32]float32
	r := float32(s.n) / (highest - lowest)
	scale = 1 / r
	s.round(&levels, x, w, r, lowest)
	storeLevels(codes, &levels)
	best := s.err(&levels, x, w, scale, lowest)
	for k := 0; k <= s.steps; k++ {
		r = (s.low + float32(s.step*float32(k)) + float32(s.n)) / (highest - lowest)
		sums := s.round(&levels, x, w, r, lowest)
		fitted, offset, ok := sums.fit()
		if !ok {
			continue
		}
		if e := s.err(&levels, x, w, fitted, offset); e < best {
			storeLevels(codes, &levels)
			best, scale, lowest = e, fitted, offset
		}
	}
	return scale, -lowest
}

func storeLevels(codes []byte, levels *[32]float32) {
	for i := range codes {
		codes[i] = byte(levels[i])
	}
}

// round writes the codes of x under the inverse scale r, and returns their sums.
func (s affine) round(levels *[32]float32, x, w []float32, r, lowest float32) (t affineSums) {
	w = w[:len(x)]
	for i, v := range x {
		w, l := w[i], float32(clampNear(r*(v-lowest), 0, s.n))
		levels[i&31] = l
		t.w += w
		t.x += float32(w * v)
		t.l += float32(w * l)
		t.ll += float32(w * l * l)
		t.lx += float32(w * l * v)
	}
	return t
}

// fit returns the scale and the offset, at most 0, that suit the codes best in the sense of least squares; false where
// the codes do not determine them.
func (t *affineSums) fit() (scale, offset float32, ok bool) {
	d := float32(t.w*t.ll) - float32(t.l*t.l)
	if !(d > 0) {
		return 0, 0, false
	}
	scale = (float32(t.w*t.lx) - float32(t.x*t.l)) / d
	offset = (float32(t.ll*t.x) - float32(t.l*t.lx)) / d
	if offset > 0 {
		offset, scale = 0, t.lx/t.ll
	}
	return scale, offset, true
}

// err returns the weighted error of the codes.
func (s affine) err(levels *[32]float32, x, w []float32, scale, lowest float32) (e float32) {
	w = w[:len(x)]
	for i, v := range x {
		d := float32(scale*levels[i&31]) + lowest - v
		if s.magnitude {
			d = abs(d)
		} else {
			d *= d
		}
		e += float32(w[i] * d)
	}
	return e
}
