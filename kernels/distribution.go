package kernels

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// cellBits is how much of a float32's mantissa decides its cell: cells are 1/4096 of their value wide, which is finer
// than a pixel of any histogram and exact for F16, BF16 and everything coarser.
const cellBits = 12

const (
	cellsPerExponent = 1 << cellBits
	cellShift        = 23 - cellBits
	exponents        = 512 // with the sign above them
)

// CellWidth is how far apart the values of one cell of a [Distribution] may lie, relative to themselves.
const CellWidth = 1. / cellsPerExponent

// A Distribution counts how often each value occurs, up to 1/4096 of it, as values stream by: 500 million weights take no
// more memory than a thousand (32 kB for each power of two that occurs, on both sides of zero, and half a megabyte). Quantiles
// are exact to that, and quite exact after a second pass with [Distribution.Ranks]. NaN and infinities are left out.
// The zero value is ready to use. It is not safe for concurrent use: give each goroutine one, and Merge them.
type Distribution struct {
	n       uint64
	octaves [exponents]*octave // by sign and exponent
	zeros   [2]uint64          // of them, by sign
	recent  *recentCounts      // what is not in octaves yet
}

// octave are the numbers of one sign and exponent.
type octave struct {
	n     uint64
	cells [cellsPerExponent]uint64 // by the leading bits of the mantissa
}

// Add counts values.
func (d *Distribution) Add(values []float32) { d.addAt(active, values) }

func (d *Distribution) addAt(s *Set, values []float32) {
	for len(values) >= recentPiece && s.tier >= avx2 {
		if d.recent == nil {
			d.recent = new(recentCounts)
			d.recent.lay(values[:recentPiece])
		}
		d.addRecent(s, values[:recentPiece])
		values = values[recentPiece:]
	}
	d.addFew(values)
}

func (d *Distribution) addFew(values []float32) {
	for _, v := range values {
		bits := math.Float32bits(v)
		if bits>>23&0xff == 0xff { // NaN or infinite
			continue
		}
		o := d.octaves[bits>>23]
		if o == nil {
			o = d.octave(int(bits >> 23))
		}
		if bits<<1 == 0 {
			d.zeros[bits>>31]++
		}
		d.n++
		o.n++
		o.cells[bits>>cellShift%cellsPerExponent]++
	}
}

// octave returns the octave of a sign and exponent.
func (d *Distribution) octave(e int) *octave {
	if d.octaves[e] == nil {
		d.octaves[e] = new(octave)
	}
	return d.octaves[e]
}

// Merge adds what o counted.
func (d *Distribution) Merge(o *Distribution) {
	d.settle()
	d.takeRecent(o.recent)
	d.zeros[0], d.zeros[1] = d.zeros[0]+o.zeros[0], d.zeros[1]+o.zeros[1]
	for e, from := range o.octaves {
		if from == nil || from.n == 0 {
			continue
		}
		to := d.octave(e)
		d.n, to.n = d.n+from.n, to.n+from.n
		for i, n := range from.cells {
			to.cells[i] += n
		}
	}
}

// Reset forgets all values, and keeps the memory.
func (d *Distribution) Reset() {
	d.n, d.zeros = 0, [2]uint64{}
	for _, o := range d.octaves {
		if o != nil && o.n > 0 {
			clear(o.cells[:])
			o.n = 0
		}
	}
	if d.recent != nil && d.recent.n > 0 {
		clear(d.recent.table[:])
		d.recent.n = 0
	}
}

// Quantile returns the value that a fraction q of the finite values do not exceed, to 1/4096 of itself;
// NaN where there are none.
func (d *Distribution) Quantile(q float64) float64 {
	d.settle()
	rank := math.Ceil(min(max(q, 0), 1)*float64(d.n)) - 1
	return d.Values([]uint64{uint64(max(rank, 0))})[0]
}

// Values returns the values of these ranks, 0 being that of the least: each to 1/4096 of itself, and exact where all
// values are those of F16, BF16 or I8. It is NaN for ranks that nothing has.
func (d *Distribution) Values(ranks []uint64) []float64 {
	values := make([]float64, len(ranks))
	for i, p := range d.locate(ranks) {
		values[i] = p.value()
	}
	return values
}

// All goes through the values that occur, from the least to the greatest, with how often each does. A value stands for
// all of its cell, and is that of its bounds which is nearer to zero.
func (d *Distribution) All() iter.Seq2[float64, uint64] {
	return func(yield func(float64, uint64) bool) {
		for c, n := range d.ascend() {
			if !yield(c.value(), n) {
				return
			}
		}
	}
}

// cell is the part of a float32's bits that its values share: sign, exponent, head of the mantissa.
type cell uint32

const noCell = cell(math.MaxUint32)

func (c cell) value() float64 {
	if c == noCell {
		return math.NaN()
	}
	return float64(math.Float32frombits(uint32(c)<<cellShift)) + 0 // no negative zero
}

// onlyZeros reports whether all that d has counted in a cell is zero: weights often are.
func (d *Distribution) onlyZeros(c cell) bool {
	sign := c / (exponents / 2 * cellsPerExponent)
	return c%(exponents/2*cellsPerExponent) == 0 && d.octaves[sign*exponents/2].cells[0] == d.zeros[sign]
}

// ends returns the least and the greatest value of a cell.
func (c cell) ends() (low, high float64) {
	const mantissa = 1<<cellShift - 1
	near, far := c.value(), float64(math.Float32frombits(uint32(c)<<cellShift|mantissa))
	return min(near, far), max(near, far)
}

// ascend goes through the cells that counted something.
func (d *Distribution) ascend() iter.Seq2[cell, uint64] {
	return func(yield func(cell, uint64) bool) {
		for e, o := range d.ascendOctaves() {
			for c, n := range o.ascend(e) {
				if !yield(c, n) {
					return
				}
			}
		}
	}
}

// ascending returns the sign and exponent of octave i in the order of values: negative ones come first, the largest before
// all.
func ascending(i int) int {
	if i < exponents/2 {
		return exponents - 1 - i
	}
	return i - exponents/2
}

// ascendOctaves goes through the octaves that counted something: negative ones first, the farthest from zero before all.
func (d *Distribution) ascendOctaves() iter.Seq2[int, *octave] {
	return func(yield func(int, *octave) bool) {
		d.settle()
		for i := range exponents {
			e := ascending(i)
			if o := d.octaves[e]; o != nil && o.n > 0 && !yield(e, o) {
				return
			}
		}
	}
}

// below returns how many values are in lesser cells than v's, and how many in that one. Nothing must be recent.
func (d *Distribution) below(v float32) (less, same uint64) {
	at := int(math.Float32bits(v+0) >> cellShift)
	for i := range exponents {
		o, e := d.octaves[ascending(i)], ascending(i)
		if e != at/cellsPerExponent {
			if o != nil {
				less += o.n
			}
			continue
		}
		if o == nil {
			break
		}
		cells := o.cells[:at%cellsPerExponent]
		if e >= exponents/2 {
			cells = o.cells[at%cellsPerExponent+1:]
		}
		for _, n := range cells {
			less += n
		}
		return less, o.cells[at%cellsPerExponent]
	}
	return less, 0
}

// ascend goes through the cells of an octave that counted something.
func (o *octave) ascend(e int) iter.Seq2[cell, uint64] {
	return func(yield func(cell, uint64) bool) {
		for i := range o.cells {
			if e >= exponents/2 {
				i = cellsPerExponent - 1 - i
			}
			if n := o.cells[i]; n > 0 && !yield(cell(e<<cellBits|i), n) {
				return
			}
		}
	}
}

// place is where a value of some rank lies: so many values of its cell are smaller.
type place struct {
	cell
	rank uint64
}

// locate finds the cells of values of these ranks.
func (d *Distribution) locate(ranks []uint64) []place {
	places, order := make([]place, len(ranks)), make([]int, len(ranks))
	for i := range ranks {
		places[i], order[i] = place{noCell, 0}, i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(ranks[a], ranks[b]) })
	below := uint64(0)
	for e, o := range d.ascendOctaves() {
		if len(order) == 0 {
			break
		}
		if ranks[order[0]] >= below+o.n {
			below += o.n
			continue
		}
		for c, n := range o.ascend(e) {
			for len(order) > 0 && ranks[order[0]] < below+n {
				places[order[0]] = place{c, ranks[order[0]] - below}
				order = order[1:]
			}
			below += n
		}
	}
	return places
}

// A Tally takes both, the [Moments] and the [Distribution] of values.
type Tally struct {
	Moments
	Distribution
}

// Add counts values.
func (t *Tally) Add(values []float32) {
	t.Moments.Add(values)
	t.Distribution.Add(values)
}

// Merge adds what o counted.
func (t *Tally) Merge(o *Tally) {
	t.Moments.Merge(&o.Moments)
	t.Distribution.Merge(&o.Distribution)
}
