package kernels

import "slices"

// A Sieve finds exact values by their rank in one pass over many numbers, where a [Distribution] with [Ranks] takes two:
// a sample of them tells in which ranges the values must lie, near enough. Then it counts what is outside of the
// ranges, and keeps what is inside, which is a few percent.
//
// It may fail, and says so: where the sample misled it, or where much more lies in the ranges than in those of the sample.
// It is not safe for concurrent use: give each goroutine one, all with the same sample and shares, and Merge them.
type Sieve struct {
	bounds sieveBounds
	above  [sieveRanges + 1]uint64 // numbers above the keys before the ranges, and how many of them are not finite
	kept   []float32               // what is in a range
	told   int                     // of these, to within
	others [][]float32             // what those kept that were merged, and told
	within Distribution            // of what is kept
	likely int                     // how many are kept, of all
	most   int                     // that may be kept
	full   bool                    // there was more
}

const (
	sieveRanges = 7    // that registers hold
	sieveStep   = 32   // numbers that vectors take at a time
	sievePiece  = 4096 // numbers that are looked at together
)

// mostSifted is which part of the numbers may lie in the ranges.
const mostSifted = 0.25

// Reset prepares s for n numbers, or a part of them, of which it will find those that shares, from 0 to 1, do not exceed. It
// has room for 7 shares that lie apart, and keeps its memory. It returns false where so much of the sample lies in the
// ranges that two passes are better: many numbers are equal.
func (s *Sieve) Reset(sample *Distribution, shares []float64, n int) bool {
	s.bounds.lay(sample.ranges(shares))
	inside := uint64(0)
	for _, n := range s.bounds.counts(sample) {
		inside += n
	}
	part := float64(inside) / float64(max(sample.n, 1))
	s.likely, s.most = int(part*float64(n)), int(mostSifted*float64(n))
	s.clear()
	return part <= mostSifted
}

// ResetLike prepares s as o was.
func (s *Sieve) ResetLike(o *Sieve) {
	s.bounds, s.likely, s.most = o.bounds, o.likely, o.most
	s.clear()
}

func (s *Sieve) clear() {
	s.above, s.kept, s.others, s.told, s.full = [sieveRanges + 1]uint64{}, s.kept[:0], nil, 0, false
	s.within.Reset()
}

// Add looks at numbers.
func (s *Sieve) Add(values []float32) { s.addAt(active, values) }

func (s *Sieve) addAt(set *Set, values []float32) {
	for piece := range slices.Chunk(values, sievePiece) {
		if s.full {
			return
		}
		s.reserve(len(piece) + sieveStep) // vectors write whole registers
		whole := 0
		if set.tier >= avx2 {
			whole = len(piece) / sieveStep * sieveStep
			set.rows.sift(piece[:whole], s)
		}
		s.addFew(piece[whole:])
		s.full = len(s.kept) > s.most
		fresh := s.kept[s.told:]
		fresh = fresh[:len(fresh)/recentPiece*recentPiece]
		s.within.addAt(set, fresh)
		s.told += len(fresh)
	}
}

// reserve makes room for n more numbers, and at once for all that there will likely be: to move them takes long.
func (s *Sieve) reserve(n int) {
	if cap(s.kept)-len(s.kept) < n {
		s.kept = slices.Grow(s.kept, max(n, s.likely))
	}
}

func (s *Sieve) addFew(values []float32) {
	first, last := s.bounds.ends()
	var counts [sieveRanges + 2]uint64 // by how many ranges begin at or below a number
	for _, v := range values {
		k, at := keyOf(v), 0
		for _, f := range first {
			if k >= f {
				at++
			}
		}
		counts[at]++
		if at > 0 && k <= last[at-1] {
			s.kept = append(s.kept, v)
		}
	}
	for i, more := sieveRanges, uint64(0); i >= 0; i-- {
		more += counts[i+1]
		s.above[i] += more
	}
}

// Merge adds what o looked at. It holds on to o until it is reset.
func (s *Sieve) Merge(o *Sieve) {
	for i, n := range o.above {
		s.above[i] += n
	}
	s.settle()
	o.settle()
	s.others = append(append(s.others, o.kept), o.others...)
	s.within.Merge(&o.within)
	s.full = s.full || o.full
}

// settle tells within what it was not told yet.
func (s *Sieve) settle() {
	s.within.Add(s.kept[s.told:])
	s.told = len(s.kept)
}

// Values returns the exact values of these ranks among the finite numbers, whose number is to be given; it looks for them
// by pool. It returns false where one of them lies in no range.
func (s *Sieve) Values(pool *Pool, ranks []uint64, finite uint64) ([]float64, bool) {
	if s.full {
		return nil, false
	}
	s.settle()
	inner := make([]uint64, len(ranks))
	counts := s.bounds.counts(&s.within)
	for i, rank := range ranks {
		at, ok := s.inner(rank, finite, counts)
		if !ok {
			return nil, false
		}
		inner[i] = at
	}
	return s.within.among(pool, append(s.others, s.kept), inner), true
}

// inner returns the rank among what was kept, of which there are counts in each range.
func (s *Sieve) inner(rank, finite uint64, counts [sieveRanges]uint64) (at uint64, ok bool) {
	notFinite := s.above[sieveRanges]
	for i, n := range counts {
		if below := finite - (s.above[i] - notFinite); below <= rank && rank < below+n {
			return at + rank - below, true
		}
		at += n
	}
	return 0, false
}
