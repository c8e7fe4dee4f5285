package plotting

import "math"

// cellBits is how much of a float32's mantissa decides its cell: cells are 1/4096 of their value wide, which is finer
// than a pixel of any histogram and exact for F16, BF16 and everything coarser.
const cellBits = 12

const (
	cellsPerExponent = 1 << cellBits
	cellShift        = 23 - cellBits
)

// A Tally counts values as they stream by: 500 million weights take no more memory than a thousand (32 kB for each
// power of two that occurs, on both sides of zero; 16 MB at most). The zero value is ready to use.
// Extremes, moments and counts are exact; quantiles and histograms are exact to 1/4096 of a value.
// A Tally is not safe for concurrent use: give each goroutine one, and Merge them.
type Tally struct {
	cells    [512]*[cellsPerExponent]uint64 // by sign and exponent, then by the leading bits of the mantissa
	finite   uint64
	zeros    uint64
	nan      uint64
	inf      [2]uint64 // +Inf, -Inf
	min, max float32
	sum      float64
	squares  float64
}

// Add counts values.
func (t *Tally) Add(values []float32) {
	lo, hi := t.min, t.max
	if t.finite == 0 {
		lo, hi = math.MaxFloat32, -math.MaxFloat32
	}
	var sum, squares float64
	for _, v := range values {
		bits := math.Float32bits(v)
		exponent := bits >> 23 // and the sign above it
		if exponent&0xff == 0xff {
			t.addNonFinite(v)
			continue
		}
		cells := t.cells[exponent]
		if cells == nil {
			cells = new([cellsPerExponent]uint64)
			t.cells[exponent] = cells
		}
		cells[bits>>cellShift%cellsPerExponent]++
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
		if v == 0 {
			t.zeros++
		}
		t.finite++
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	t.sum += sum
	t.squares += squares
	if t.finite > 0 {
		t.min, t.max = lo, hi
	}
}

func (t *Tally) addNonFinite(v float32) {
	switch {
	case v > 0:
		t.inf[0]++
	case v < 0:
		t.inf[1]++
	default:
		t.nan++
	}
}

// Merge adds what u counted. The sums that Mean and RMS come from depend, in their last bits, on the order of merging.
func (t *Tally) Merge(u *Tally) {
	for e, from := range u.cells {
		if from == nil {
			continue
		}
		if t.cells[e] == nil {
			t.cells[e] = new([cellsPerExponent]uint64)
		}
		for i, n := range from {
			t.cells[e][i] += n
		}
	}
	if u.finite > 0 && t.finite > 0 {
		t.min, t.max = min(t.min, u.min), max(t.max, u.max)
	} else if u.finite > 0 {
		t.min, t.max = u.min, u.max
	}
	t.finite += u.finite
	t.zeros += u.zeros
	t.nan += u.nan
	t.inf[0] += u.inf[0]
	t.inf[1] += u.inf[1]
	t.sum += u.sum
	t.squares += u.squares
}

// Count returns how many values were added, NaN and infinities included.
func (t *Tally) Count() uint64 { return t.finite + t.NonFinite() }

// NonFinite returns how many values are NaN or infinite.
func (t *Tally) NonFinite() uint64 { return t.nan + t.inf[0] + t.inf[1] }

// Min is the least finite value, 0 where there are none.
func (t *Tally) Min() float64 { return float64(t.min) }

// Max is the greatest finite value, 0 where there are none.
func (t *Tally) Max() float64 { return float64(t.max) }

// Mean is the mean of the finite values, NaN where there are none.
func (t *Tally) Mean() float64 { return t.sum / float64(t.finite) }

// RMS is the root of the mean square of the finite values, NaN where there are none.
func (t *Tally) RMS() float64 { return math.Sqrt(t.squares / float64(t.finite)) }

// Quantile returns the value that a fraction q of the finite values do not exceed, to 1/4096 of itself;
// NaN where there are none.
func (t *Tally) Quantile(q float64) float64 {
	rank := uint64(math.Ceil(min(max(q, 0), 1) * float64(t.finite)))
	found := math.NaN()
	t.ascend(func(v float64, n uint64) bool {
		found = v
		more := rank > n
		rank -= min(rank, n)
		return more
	})
	return found
}

// ascend calls yield for every cell that counted something, from the least value to the greatest, until it returns
// false. A cell's value is its bound nearer to zero, which is exact for values of at most cellBits of mantissa.
func (t *Tally) ascend(yield func(value float64, n uint64) bool) {
	const half = len(t.cells) / 2
	for i := range t.cells {
		exponent, negative := i-half, i < half
		if negative {
			exponent = len(t.cells) - 1 - i
		}
		cells := t.cells[exponent]
		for j := 0; cells != nil && j < cellsPerExponent; j++ {
			cell := j
			if negative {
				cell = cellsPerExponent - 1 - j
			}
			if n := cells[cell]; n > 0 && !yield(cellValue(exponent, cell), n) {
				return
			}
		}
	}
}

func cellValue(exponent, cell int) float64 {
	return float64(math.Float32frombits(uint32(exponent)<<23 | uint32(cell)<<cellShift))
}
