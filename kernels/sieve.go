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
	above  [sieveRanges]uint64 // numbers that are in each range, or above it
	kept   []float32           // what is in a range
	told   int                 // of these, to within
	others [][]float32         // what those kept that were merged, and told
	within Distribution        // of what is kept
	likely int                 // how many are kept, of all
	most   int                 // that may be kept
	full   bool                // there was more
}

const (
	sieveRanges = 7    // for which a byte has bits
	sieveStep   = 64   // numbers that vectors take at a time
	sievePiece  = 4096 // numbers that are looked at together
)

// mostSifted is which part of the numbers may lie in the ranges.
const mostSifted = 0.25

// Reset prepares s for n numbers, or a part of them, of which it will find those that shares, from 0 to 1, do not exceed. It
// has room for 7 shares that lie apart, and keeps its memory. It returns false where so much of the sample lies in the
// ranges that two passes are better: many numbers are equal, or lie close together in comparison with others.
func (s *Sieve) Reset(sample *Distribution, shares []float64, n int) bool {
	part := s.bounds.lay(sample, shares)
	s.likely, s.most = int(part*float64(n)), int(mostSifted*float64(n))
	s.clear()
	return part <= mostSifted
}

// ResetLike prepares s as o was.
func (s *Sieve) ResetLike(o *Sieve) {
	s.bounds.copyFrom(&o.bounds)
	s.likely, s.most = o.likely, o.most
	s.clear()
}

func (s *Sieve) clear() {
	s.above, s.kept, s.others, s.told, s.full = [sieveRanges]uint64{}, s.kept[:0], nil, 0, false
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

// reserve makes room for n more numbers, and at once for all that there will likely be: to move them takes long. (What
// append or slices.Grow make room for, they touch.)
func (s *Sieve) reserve(n int) {
	if cap(s.kept)-len(s.kept) < n {
		more := make([]float32, len(s.kept), len(s.kept)+max(n, s.likely+s.likely/8, len(s.kept)/2))
		copy(more, s.kept)
		s.kept = more
	}
}

func (s *Sieve) addFew(values []float32) {
	for _, v := range values {
		class := s.bounds.classes[uint8(s.bounds.key(v))]
		for i := range s.above {
			s.above[i] += uint64(class >> i & 1)
		}
		if class&insideRange != 0 {
			s.kept = append(s.kept, v)
		}
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

// Values returns the exact values of these ranks among the finite numbers, whose moments are to be given; it looks for them
// by pool. It returns false where one of them lies in no range.
func (s *Sieve) Values(pool *Pool, ranks []uint64, all *Moments) ([]float64, bool) {
	if s.full || s.bounds.ends(all.Max()) {
		return nil, false
	}
	s.settle()
	starts, ok := s.bounds.starts(&s.within)
	if !ok {
		return nil, false
	}
	inner := make([]uint64, len(ranks))
	for i, rank := range ranks {
		if inner[i], ok = s.inner(rank, all.Finite(), starts); !ok {
			return nil, false
		}
	}
	return s.within.among(pool, append(s.others, s.kept), inner), true
}

// inner returns the rank among what was kept, which has starts of the ranges.
func (s *Sieve) inner(rank, finite uint64, starts []uint64) (at uint64, ok bool) {
	for i, r := range s.bounds.ranges {
		below := finite - s.above[i]
		if r.first == firstKey { // which is that of what is not finite, too
			below = 0
		}
		if at := starts[i] + rank - below; below <= rank && at < starts[i+1] {
			return at, true
		}
	}
	return 0, false
}
