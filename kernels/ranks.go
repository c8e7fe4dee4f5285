package kernels

import (
	"math"
	"slices"
)

// Ranks finds exact values by their rank, in a second pass over what a [Distribution] has counted. It takes 16 kB for
// each rank. It is not safe for concurrent use: make one for each goroutine, and Merge them.
type Ranks struct {
	places []place
	cells  []cell                        // those that some place is in, but for zeros
	counts []*[1 << cellShift]uint64     // what each of them counted, by the rest of the mantissa
	sought [soughtCells][soughtStep]cell // what vectors are compared with, the last cell where there are fewer
	marked *marks                        // of the cells, if there are no vectors, or too many cells
}

// marks has one bit a cell.
type marks [exponents * cellsPerExponent / 64]uint64

const (
	soughtCells = 16 // at most, as vectors look for
	soughtStep  = 16
)

// Ranks begins a second pass for the values of these ranks, 0 being that of the least.
func (d *Distribution) Ranks(ranks []uint64) *Ranks {
	r := &Ranks{places: d.locate(ranks)}
	for _, p := range r.places {
		if p.cell == noCell || d.onlyZeros(p.cell) || slices.Contains(r.cells, p.cell) {
			continue
		}
		r.cells = append(r.cells, p.cell)
		r.counts = append(r.counts, new([1 << cellShift]uint64))
	}
	for i := range r.sought {
		for lane := range r.sought[i] {
			if r.sought[i][lane] = noCell; len(r.cells) > 0 {
				r.sought[i][lane] = r.cells[min(i, len(r.cells)-1)]
			}
		}
	}
	return r
}

// Add counts values, which the distribution must have counted, too.
func (r *Ranks) Add(values []float32) { r.addAt(active, values) }

// addAt passes over what is in none of the cells, if those are few enough to look for all at once.
func (r *Ranks) addAt(s *Set, values []float32) {
	if len(r.cells) == 0 {
		return
	}
	if len(r.cells) > soughtCells || s.tier < avx2 {
		r.addMarked(values)
		return
	}
	for len(values) >= soughtStep {
		n := s.rows.skip(values, r)
		if n < len(values)/soughtStep*soughtStep {
			r.addFew(values[n : n+1])
			n++
		}
		values = values[n:]
	}
	r.addFew(values)
}

// addMarked looks at every number's bit.
func (r *Ranks) addMarked(values []float32) {
	if r.marked == nil {
		r.marked = new(marks)
		for _, c := range r.cells {
			r.marked[c/64] |= 1 << (c % 64)
		}
	}
	for i, v := range values {
		c := cell(math.Float32bits(v) >> cellShift)
		if r.marked[c/64]>>(c%64)&1 != 0 {
			r.addFew(values[i : i+1])
		}
	}
}

func (r *Ranks) addFew(values []float32) {
	for _, v := range values {
		bits := math.Float32bits(v)
		if at := slices.Index(r.cells, cell(bits>>cellShift)); at >= 0 {
			r.counts[at][bits%(1<<cellShift)]++
		}
	}
}

// Merge adds what others counted, which were begun by the same distribution with the same ranks.
func (r *Ranks) Merge(others ...*Ranks) {
	for _, o := range others {
		for i, counts := range r.counts {
			for j, n := range o.counts[i] {
				counts[j] += n
			}
		}
	}
}

// Values returns the values of the ranks that were asked for, NaN where nothing has one.
func (r *Ranks) Values() []float64 {
	values := make([]float64, len(r.places))
	for i, p := range r.places {
		values[i] = r.value(p)
	}
	return values
}

func (r *Ranks) value(p place) float64 {
	at := slices.Index(r.cells, p.cell)
	if at < 0 {
		return p.cell.value() // NaN, or zero
	}
	counts, below := r.counts[at], uint64(0)
	negative := p.cell >= exponents/2<<cellBits
	for j := range counts {
		if negative {
			j = len(counts) - 1 - j
		}
		if below += counts[j]; below > p.rank {
			return float64(math.Float32frombits(uint32(p.cell)<<cellShift|uint32(j))) + 0
		}
	}
	return math.NaN() // the second pass saw other values than the first
}

// among returns the exact values of these ranks among lists of numbers, which are all that d has counted.
func (d *Distribution) among(pool *Pool, lists [][]float32, ranks []uint64) []float64 {
	pass := rankPass{lists, make([]*Ranks, pool.Threads())}
	for i := range pass.found {
		pass.found[i] = d.Ranks(ranks)
	}
	pool.Do(len(lists), &pass) // in memory that cannot fault
	pass.found[0].Merge(pass.found[1:]...)
	return pass.found[0].Values()
}

// rankPass is the task of looking for ranks in lists of numbers.
type rankPass struct {
	lists [][]float32
	found []*Ranks // of each worker
}

func (p *rankPass) Range(worker, lo, hi int) {
	for _, list := range p.lists[lo:hi] {
		p.found[worker].Add(list)
	}
}
