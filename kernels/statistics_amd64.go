//go:build amd64 && !purego

package kernels

import "math/bits"

// fewSteps are too few to be worth the lanes that are put together afterwards.
const fewSteps = 4

// together adds what did not fill registers to what is known of the numbers before.
func together(m Moments, sum, squares float64, rest []float32) (Moments, float64, float64) {
	if len(rest) > 0 {
		r, more, moreSquares := spreadGeneric(rest)
		sum, squares, m.zeros = sum+more, squares+moreSquares, m.zeros+r.zeros
		m.min, m.max = lesser(r.min, m.min), greater(r.max, m.max)
	}
	return m, sum, squares
}

func spreadByAVX512(x []float32) (Moments, float64, float64) {
	steps := len(x) / 16
	if steps < fewSteps {
		return spreadGeneric(x)
	}
	sum, squares, zeros, least, most := spreadAVX512(&x[0], steps)
	return together(Moments{zeros: uint64(zeros), min: least, max: most}, sum, squares, x[16*steps:])
}

func spreadByAVX2(x []float32) (Moments, float64, float64) {
	steps := len(x) / 8
	if steps < fewSteps {
		return spreadGeneric(x)
	}
	sum, squares, zeros, least, most := spreadAVX2(&x[0], steps)
	return together(Moments{zeros: uint64(zeros), min: least, max: most}, sum, squares, x[8*steps:])
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

func addFiniteSquaresByAVX512(dst []float64, x []float32) {
	whole := len(x) / 8 * 8
	if whole > 0 {
		_ = dst[whole-1]
		addFiniteSquaresAVX512(&dst[0], &x[0], whole/8)
	}
	addSquaresGeneric(dst[whole:], x[whole:])
}

func countByAVX512(x []float32, r *recentCounts) {
	countAVX512(&x[0], len(x)/256, &r.table[0], r.first, recentCells)
}

func addFiniteSquaresByAVX2(dst []float64, x []float32) {
	whole := len(x) / 4 * 4
	if whole > 0 {
		_ = dst[whole-1]
		addFiniteSquaresAVX2(&dst[0], &x[0], whole/4)
	}
	addSquaresGeneric(dst[whole:], x[whole:])
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

func siftByVBMI(x []float32, s *Sieve) {
	if len(x) == 0 {
		return
	}
	b, free := &s.bounds, s.kept[len(s.kept):cap(s.kept)]
	var counts [sieveRanges + 1]uint16
	n := siftVBMI(&x[0], len(x)/sieveStep, b.center, b.factor, &b.classes[0], &counts[0], &free[:1][0])
	s.kept = s.kept[:len(s.kept)+n]
	for i := range s.above {
		s.above[i] += uint64(counts[i%2*4+i/2])
	}
}

func siftByAVX2(x []float32, s *Sieve) {
	if len(x) == 0 {
		return
	}
	b := &s.bounds
	var below [sieveRanges]uint32
	var inside [sievePiece / 32]uint32
	siftAVX2(&x[0], len(x)/32, b.center, b.factor, &b.first[0][0], &b.last[0][0], &below[0], &inside[0])
	for i, list := range inside[:len(x)/32] {
		for ; list != 0; list &= list - 1 {
			bit := bits.TrailingZeros32(list)
			s.kept = append(s.kept, x[32*i+bit/4%4*8+bit/16*4+bit%4])
		}
	}
	for i := range b.ranges {
		s.above[i] += uint64(len(x)) - uint64(below[i])
	}
}
