package kernels

import "math"

// recentCounts are cells of a [Distribution] that lie side by side, so that vectors find the places of numbers: those of
// 16 powers of two, below zero and above.
type recentCounts struct {
	first int    // of the cells, by the magnitude
	n     uint64 // numbers since they were settled
	table [2*recentCells + 3]uint32
}

const (
	recentCells    = 16 * cellsPerExponent
	recentHeadroom = 2 * cellsPerExponent         // above the largest number of the first piece
	recentPiece    = 2048                         // numbers that are counted together, a multiple of 256
	recentMost     = math.MaxUint32 - recentPiece // numbers, so that no count overflows
)

// Behind the cells the table has what is outside of them, and zeros of either sign.
const (
	recentOutside = 2 * recentCells
	recentZeros   = recentOutside + 1
)

// lay lays the cells around the numbers of a piece.
func (r *recentCounts) lay(values []float32) {
	var most uint32
	for _, v := range values {
		if m := math.Float32bits(abs(v)); m < nonFinite {
			most = max(most, m)
		}
	}
	end := min(int(most>>cellShift)/cellsPerExponent*cellsPerExponent+recentHeadroom, nonFinite>>cellShift)
	r.first = max(0, end-recentCells)
}

// nonFinite is the least magnitude of what is not finite.
const nonFinite = 0xff << 23

// addRecent counts a piece.
func (d *Distribution) addRecent(s *Set, values []float32) {
	r := d.recent
	if r.n > recentMost {
		d.settle()
	}
	s.rows.count(values, r)
	outside := int(r.table[recentOutside])
	r.table[recentOutside] = 0
	r.n += uint64(len(values) - outside)
	for i, left := 0, outside; left > 0; i++ {
		if r.isOutside(values[i]) {
			d.addFew(values[i : i+1])
			left--
		}
	}
	if outside > len(values)/2 {
		d.settle()
		r.lay(values)
	}
}

func (r *recentCounts) isOutside(v float32) bool {
	magnitude := int(math.Float32bits(abs(v)))
	return magnitude != 0 && uint(magnitude>>cellShift-r.first) >= recentCells
}

// settle moves what is recent to the octaves.
func (d *Distribution) settle() {
	if r := d.recent; r != nil && r.n > 0 {
		d.takeRecent(r)
		clear(r.table[:])
		r.n = 0
	}
}

// takeRecent adds what r counted.
func (d *Distribution) takeRecent(r *recentCounts) {
	if r == nil || r.n == 0 {
		return
	}
	d.n += r.n
	for i := 0; i < recentOutside; i += cellsPerExponent {
		e := (r.first + i%recentCells) / cellsPerExponent
		if i >= recentCells {
			e += exponents / 2
		}
		d.takeOctave(e, (*[cellsPerExponent]uint32)(r.table[i:]))
	}
	for sign := range 2 {
		if n := uint64(r.table[recentZeros+sign]); n > 0 {
			zeros := d.octave(sign * exponents / 2)
			zeros.n, zeros.cells[0] = zeros.n+n, zeros.cells[0]+n
			d.zeros[sign] += n
		}
	}
}

// noCounts are those of an octave in which nothing is. To compare with them is much faster than to add them up.
var noCounts [cellsPerExponent]uint32

func (d *Distribution) takeOctave(e int, counts *[cellsPerExponent]uint32) {
	if *counts == noCounts {
		return
	}
	var sum, odd uint64 // two sums are twice as fast as one
	for i := 0; i < len(counts); i += 2 {
		sum += uint64(counts[i])
		odd += uint64(counts[i+1])
	}
	o := d.octave(e)
	o.n += sum + odd
	for i, n := range counts {
		o.cells[i] += uint64(n)
	}
}
