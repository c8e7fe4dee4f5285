package model

// linear writes x·wᵀ to y: x [n, in], w [out, in], y [n, out].
func (r *Run[F]) linear(y, x, w []F, in, out int) {
	t := r.transpose(w, out, in)
	parallel(r.threads, len(x)/in, func(lo, hi int) {
		for ; lo < hi; lo += strip { // what was cleared is still in the cache when it is added to
			n := min(strip, hi-lo)
			clear(y[lo*out:][:n*out])
			addProduct(rows(y, out).from(lo, 0), rows(x, in).from(lo, 0), rows(t, out), n, out, in)
		}
	})
}

// linearBack adds dy·w to dx and dyᵀ·x to dw.
func (r *Run[F]) linearBack(dx, dw, dy, x, w []F, in, out int) {
	n := len(x) / in
	parallel(r.threads, n, func(lo, hi int) {
		addProduct(rows(dx, in).from(lo, 0), rows(dy, out).from(lo, 0), rows(w, in), hi-lo, in, out)
	})
	parallel(r.threads, out, func(lo, hi int) {
		addProduct(rows(dw, in).from(lo, 0), rows(dy, out).transposed().from(lo, 0), rows(x, in), hi-lo, in, n)
	})
}

// transpose writes w [out, in] as [in, out] to the run's scratch memory.
func (r *Run[F]) transpose(w []F, out, in int) []F {
	r.scratch = grow(r.scratch, len(w))
	for o := range out {
		for i, v := range w[o*in:][:in] {
			r.scratch[i*out+o] = v
		}
	}
	return r.scratch
}

// grow returns s with length n; what is in it is undefined.
func grow[F Float](s []F, n int) []F {
	if cap(s) < n {
		return make([]F, n+n/4)[:n]
	}
	return s[:n]
}
