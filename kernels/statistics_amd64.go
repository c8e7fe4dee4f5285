//go:build amd64 && !purego

package kernels

// fewSteps are too few to be worth the lanes that are put together afterwards.
const fewSteps = 4

// extremes are the least and the greatest numbers, lane by lane.
type extremes struct{ least, most [16]float32 }

func extremesOf(v float32) (e extremes) {
	for i := range e.least {
		e.least[i], e.most[i] = v, v
	}
	return e
}

// moments puts the lanes together, and what did not fill them.
func (e *extremes) moments(sum float64, zeros int, rest []float32) (Moments, float64) {
	m := Moments{zeros: uint64(zeros), min: e.least[0], max: e.most[0]}
	for i := range e.least {
		m.min, m.max = lesser(e.least[i], m.min), greater(e.most[i], m.max)
	}
	if len(rest) > 0 {
		r, more := spreadGeneric(rest)
		sum, m.zeros = sum+more, m.zeros+r.zeros
		m.min, m.max = lesser(r.min, m.min), greater(r.max, m.max)
	}
	return m, sum
}

func spreadByAVX512(x []float32) (Moments, float64) {
	steps := len(x) / 16
	if steps < fewSteps {
		return spreadGeneric(x)
	}
	e := extremesOf(x[0])
	sum, zeros := spreadAVX512(&x[0], steps, &e.least[0], &e.most[0])
	return e.moments(sum, zeros, x[16*steps:])
}

func spreadByAVX2(x []float32) (Moments, float64) {
	steps := len(x) / 8
	if steps < fewSteps {
		return spreadGeneric(x)
	}
	e := extremesOf(x[0])
	sum, zeros := spreadAVX2(&x[0], steps, &e.least[0], &e.most[0])
	return e.moments(sum, zeros, x[8*steps:])
}

func addSquaresByAVX512(dst []float64, x []float32) {
	whole := len(x) / 8 * 8
	if whole > 0 {
		_ = dst[whole-1]
		addSquaresAVX512(&dst[0], &x[0], whole/8)
	}
	addSquaresGeneric(dst[whole:], x[whole:])
}

func addSquaresByAVX2(dst []float64, x []float32) {
	whole := len(x) / 4 * 4
	if whole > 0 {
		_ = dst[whole-1]
		addSquaresAVX2(&dst[0], &x[0], whole/4)
	}
	addSquaresGeneric(dst[whole:], x[whole:])
}

func countByAVX512(x []float32, r *recentCounts) {
	countAVX512(&x[0], len(x)/256, &r.table[0], r.first, recentCells)
}

func countByAVX2(x []float32, r *recentCounts) {
	countAVX2(&x[0], len(x)/256, &r.table[0], r.first, recentCells)
}

func skipByAVX512(x []float32, r *Ranks) int {
	steps, cells := len(x)/16, (*uint32)(&r.sought[0][0])
	if len(r.cells) <= 8 {
		return findCells8AVX512(&x[0], steps, cells)
	}
	return findCells16AVX512(&x[0], steps, cells)
}

func skipByAVX2(x []float32, r *Ranks) int {
	steps, cells := len(x)/16*2, (*uint32)(&r.sought[0][0])
	if len(r.cells) <= 8 {
		return findCells8AVX2(&x[0], steps, cells)
	}
	return findCells16AVX2(&x[0], steps, cells)
}
