package kernels

import (
	"math"
	"slices"
	"testing"
)

// tallied are numbers in which much is odd: many magnitudes, zeros of either sign, NaN, infinities, and pieces that lie
// far from those before.
func tallied() [][]float32 {
	ordinary := randomRows(20011)
	far := oddNumbers(10007, 23)
	nan := slices.Repeat([]float32{float32(math.NaN()), 1, float32(math.Copysign(0, -1)), float32(math.Inf(1)), 0}, 900)
	tiny := slices.Clone(ordinary[:5000])
	scaleGeneric(0x1p-120, tiny)
	zeros := make([]float32, 4099)
	huge := slices.Clone(ordinary[:5000])
	scaleGeneric(0x1p125, huge)
	return [][]float32{ordinary, far, nan, tiny, zeros, huge, ordinary[:3], ordinary[:2049]}
}

// TestTallyAtLevels wants the same counts at every level, and sums that differ by rounding only.
func TestTallyAtLevels(t *testing.T) {
	rows := tallied()
	for i := range rows { // each comes first once: it decides where counts lie
		rows := slices.Concat(rows[i:], rows[:i])
		var plain Moments
		var cells []cell
		var counts []uint64
		atLevels(func(set *Set) {
			var m Moments
			var d Distribution
			for _, row := range rows {
				m.addAt(set, row)
				d.addAt(set, row)
			}
			var gotCells []cell
			var gotCounts []uint64
			for c, n := range d.ascend() {
				gotCells, gotCounts = append(gotCells, c), append(gotCounts, n)
			}
			if set.tier == generic {
				plain, cells, counts = m, gotCells, gotCounts
			}
			if !slices.Equal(gotCells, cells) || !slices.Equal(gotCounts, counts) {
				t.Errorf("%s, row %d first: %d cells are not the %d of plain Go", set.Level(), i, len(gotCells), len(cells))
			}
			if d.n != m.Finite() || m.Finite() != plain.Finite() || m.Zeros() != plain.Zeros() || m.NaN() != plain.NaN() || m.inf != plain.inf ||
				m.Min() != plain.Min() || m.Max() != plain.Max() || !close12(m.Std(), plain.Std()) {
				t.Errorf("%s: got %+v of %d, want %+v", set.Level(), m, d.n, plain)
			}
		})
	}
}

func TestMomentsAtLevels(t *testing.T) {
	for n := range 100 {
		x := randomRows(n + 1)
		x[n/2] = 0
		want := float64(slices.Min(x))
		atLevels(func(set *Set) {
			var m, plain Moments
			m.addAt(set, x)
			plain.addAt(&sets[generic], x)
			if m.Min() != want || m.Zeros() != 1 || !close12(m.Mean(), plain.Mean()) || !close12(m.Std(), plain.Std()) {
				t.Errorf("%s: of %d numbers got %+v, want %+v", set.Level(), n+1, m, plain)
			}
		})
	}
}

// TestRanksAtLevels looks for so few cells that vectors can, and for so many that they cannot.
func TestRanksAtLevels(t *testing.T) {
	x := slices.Concat(tallied()...)
	for _, n := range []int{1, 5, 8, 9, 14, 16, 17, 30} {
		ranks := make([]uint64, n)
		for i := range ranks {
			ranks[i] = uint64(i * len(x) / (n + 1))
		}
		var d Distribution
		d.Add(x)
		var want []float64
		atLevels(func(set *Set) {
			r := d.Ranks(ranks)
			r.addAt(set, x)
			got := r.Values()
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %d ranks: got %v, want %v", set.Level(), n, got, want)
			}
		})
	}
}

func TestAddSquares(t *testing.T) {
	for n := range 40 {
		x := randomRows(n + 3)
		x[0], x[1], x[n] = float32(math.NaN()), float32(math.Inf(-1)), math.MaxFloat32
		atLevels(func(set *Set) {
			got, want := make([]float64, n+4), make([]float64, n+4) // one more than there are numbers
			for i := range got {
				got[i] = float64(i) / 3
				want[i] = got[i]
				if i < len(x) && i > 1 || n == 0 && i == 0 || n == 1 && i == 1 {
					want[i] += float64(x[i]) * float64(x[i])
				}
			}
			set.AddSquares(got, x)
			if !slices.Equal(got, want) {
				t.Errorf("%s: squares of %v: got %v, want %v", set.Level(), x, got, want)
			}
		})
	}
}

// TestAddFiniteSquares wants the same bits as from numbers that may be others.
func TestAddFiniteSquares(t *testing.T) {
	for n := range 40 {
		x := randomRows(n + 3)
		x[n] = math.MaxFloat32
		atLevels(func(set *Set) {
			got, want := make([]float64, n+4), make([]float64, n+4)
			for i := range got {
				got[i] = float64(i) / 3
				want[i] = got[i]
			}
			set.AddFiniteSquares(got, x)
			addSquaresGeneric(want, x)
			if !slices.Equal(got, want) {
				t.Errorf("%s: squares of %v: got %v, want %v", set.Level(), x, got, want)
			}
		})
	}
}
