package quant

import (
	"cmp"
	"math"
	"slices"
)

// shifted has what the levels 0, 1, 2 stand for under the shifts 1/8 and −1/8.
var shifted = [2][8]float32{{-0.875, 0.125, 1.125}, {-1.125, -0.125, 0.875}}

// oneBit is a sub-block of IQ1_S or IQ1_M while it is encoded. Its numbers, sorted, are cut in three runs that get the
// levels 0, 1 and 2: all cuts are tried, under all shifts.
type oneBit struct {
	x, w   []float32
	order  [32]int // indices of x, sorted by value; equal ones as they come
	levels [32]byte
	scale  float32
	shifts int // IQ1_S: index of shifted; IQ1_M: bit 1 that of the first eight numbers, bit 0 that of the others
	points [4]int
}

// sortNumbers prepares the search; false where no number has a magnitude of epsilon.
func (o *oneBit) sortNumbers(epsilon float32) bool {
	if abs(largest(o.x)) < epsilon {
		return false
	}
	for i := range o.x {
		o.order[i] = i
	}
	slices.SortStableFunc(o.order[:len(o.x)], func(i, j int) int { return cmp.Compare(o.x[i], o.x[j]) })
	return true
}

// cuts calls try for all pairs of cuts.
func (o *oneBit) cuts(try func(first, second int)) {
	for first := 0; first <= len(o.x); first++ {
		for second := first; second <= len(o.x); second++ {
			try(first, second)
		}
	}
}

// keeper remembers the best try: the one whose fit explains most, a²/b.
type keeper struct {
	best, scale           float32
	first, second, shifts int
}

func newKeeper() keeper { return keeper{best: -math.MaxFloat32, first: -1} }

func (k *keeper) offer(a, b float32, first, second, shifts int) {
	if b > 0 && a*a > k.best*b {
		k.scale = a / b
		k.best = k.scale * a
		k.first, k.second, k.shifts = first, second, shifts
	}
}

// keep takes over the best try. A negative scale is mirrored: opposite levels, and the other shift of every group.
func (o *oneBit) keep(k keeper, allShifts int) {
	o.scale, o.shifts = k.scale, k.shifts
	for i, j := range o.order[:len(o.x)] {
		switch {
		case i < k.first:
			o.levels[j] = 0
		case i < k.second:
			o.levels[j] = 1
		default:
			o.levels[j] = 2
		}
	}
	if o.scale < 0 {
		o.scale, o.shifts = -o.scale, allShifts-o.shifts
		for i := range o.x {
			o.levels[i] = 2 - o.levels[i]
		}
	}
}

// settle moves the groups to points of the lattice, shift telling the shift of each, and fits the scale anew if one
// had to move.
func (o *oneBit) settle(shift func(group int) int) {
	lattice, moved := iq1sLattice(), false
	for g := range len(o.x) / 8 {
		i := 8 * g
		point, onGrid := lattice.place(o.levels[i:][:8], o.x[i:], o.w[i:], o.scale, &shifted[shift(g)])
		o.points[g], moved = point, moved || !onGrid
	}
	if !moved {
		return
	}
	var a, b float32
	for i, v := range o.x {
		l := shifted[shift(i/8)][o.levels[i]]
		a += float32(o.w[i] * l * v)
		b += float32(o.w[i] * l * l)
	}
	if a > 0 && b > 0 {
		o.scale = a / b
	}
}
