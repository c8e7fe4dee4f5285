package quant

import (
	"slices"
	"sync"
)

// lattice is a grid seen from the encoder: the points that a code can name, and for all other combinations of levels
// the points that are near. A combination is written as the grid's points are: the levels of a group, lowest bits first.
type lattice struct {
	group  int // weights to a point
	bits   int // of a level
	levels int
	index  []int16    // point of a combination, −1 where there is none
	near   [][]uint16 // points near a combination that is none, the nearest first
	points []uint16
}

// The lattices are made when the first block is encoded: their tables of neighbours take some hundredths of a second.
var (
	iq2xxsLattice = sync.OnceValue(func() *lattice { return newLattice(iq2xxsPoints[:], 8, 3, 2) })
	iq2xsLattice  = sync.OnceValue(func() *lattice { return newLattice(iq2xsPoints[:], 8, 3, 2) })
	iq2sLattice   = sync.OnceValue(func() *lattice { return newLattice(iq2sPoints[:], 8, 3, 1) })
	iq3xxsLattice = sync.OnceValue(func() *lattice { return newLattice(iq3xxsPoints[:], 4, 8, 2) })
	iq3sLattice   = sync.OnceValue(func() *lattice { return newLattice(iq3sPoints[:], 4, 8, 3) })
	iq1sLattice   = sync.OnceValue(func() *lattice { return newLattice(iq1sPoints[:], 8, 3, 3) })
)

// newLattice takes as near the points in the first rings distances that occur.
func newLattice(points []uint16, group, levels, rings int) *lattice {
	l := &lattice{group: group, bits: bitsOfLevel(group), levels: levels, points: points}
	size := 1 << (group * l.bits)
	l.index, l.near = slices.Repeat([]int16{-1}, size), make([][]uint16, size)
	for i, p := range points {
		l.index[p] = int16(i)
	}
	distances, scratch := l.halfDistances(), make([]byte, len(points))
	for code := range size {
		if l.index[code] < 0 && l.possible(code) {
			l.near[code] = l.neighbours(code, rings, distances, scratch)
		}
	}
	return l
}

// bitsOfLevel returns the bits that grids_gen.go gives to a level.
func bitsOfLevel(group int) int {
	if group == 8 {
		return 2
	}
	return 3
}

// possible reports whether a combination has no level that the lattice has not.
func (l *lattice) possible(code int) bool {
	for ; code > 0; code >>= l.bits {
		if code&(1<<l.bits-1) >= l.levels {
			return false
		}
	}
	return true
}

// unpack writes the levels of a combination.
func (l *lattice) unpack(levels []byte, code int) {
	for j := range levels {
		levels[j] = byte(code >> (l.bits * j) & (1<<l.bits - 1))
	}
}

// pack returns the combination of levels.
func (l *lattice) pack(levels []byte) (code int) {
	for j, q := range levels {
		code |= int(q) & (1<<l.bits - 1) << (l.bits * j)
	}
	return code
}

// neighbours returns the points in the first rings distances from code, by distance and then by index. scratch is as
// long as points.
func (l *lattice) neighbours(code, rings int, half [][]byte, scratch []byte) []uint16 {
	shift := l.group / 2 * l.bits
	mask := 1<<shift - 1
	low, high := half[code&mask], half[code>>shift]
	var counts [256]int // four levels of 0 … 7 are at most 4·49 apart
	for i, p := range l.points {
		d := low[int(p)&mask] + high[int(p)>>shift]
		scratch[i] = d
		counts[d]++
	}
	total, limit := 0, 0 // points in the rings, and the first distance beyond
	for ; rings > 0; limit++ {
		if counts[limit] > 0 {
			total, rings = total+counts[limit], rings-1
		}
	}
	near := make([]uint16, 0, total)
	for d := range limit {
		for i := 0; counts[d] > 0; i++ {
			if int(scratch[i]) == d {
				near = append(near, uint16(i))
				counts[d]--
			}
		}
	}
	return near
}

// halfDistances returns the squared distances, in levels, of all combinations of half a group.
func (l *lattice) halfDistances() [][]byte {
	size := 1 << (l.group / 2 * l.bits)
	t := make([][]byte, size)
	for a := range t {
		t[a] = make([]byte, size)
		for b := range t[a] {
			for j := range l.group / 2 {
				diff := a>>(l.bits*j)&(1<<l.bits-1) - b>>(l.bits*j)&(1<<l.bits-1)
				t[a][b] += byte(diff * diff)
			}
		}
	}
	return t
}

// place moves the levels of a group to a point: they stay where they are one already, which it reports; otherwise they
// take the near point of the smallest weighted error, values[level] being what a level stands for under scale 1.
func (l *lattice) place(levels []byte, x, w []float32, scale float32, values *[8]float32) (point int, onGrid bool) {
	code := l.pack(levels)
	if i := l.index[code]; i >= 0 {
		return int(i), true
	}
	best, bestErr := -1, float32(0)
	for _, p := range l.near[code] {
		var e float32
		for j, q := 0, int(l.points[p]); j < l.group; j, q = j+1, q>>l.bits {
			t := float32(scale*values[q&(1<<l.bits-1)]) - x[j]
			e += float32(w[j] * t * t)
		}
		if best < 0 || e < bestErr {
			best, bestErr = int(p), e
		}
	}
	l.unpack(levels, int(l.points[best]))
	return best, false
}
