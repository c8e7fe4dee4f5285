package kernels

import (
	"cmp"
	"math"
	"slices"
)

// sieveKey is where a number lies on a [line]: a whole number, and the first or the last one for what lies beyond.
type sieveKey = int8

const (
	firstKey sieveKey = math.MinInt8
	lastKey  sieveKey = math.MaxInt8
	farthest          = 120 // of the keys that a sample's quantiles get; there is room for those of others behind it
)

// line tells how numbers become keys. Keys sort as numbers do, below where it ends.
type line struct{ center, factor float32 }

// lineOver is the line with these two ends at the farthest keys.
func lineOver(low, high float64) line {
	return line{float32((low + high) / 2), float32(2 * farthest / (high - low))}
}

// key is that of what no int32 holds, too, as processors convert it: then the first one.
func (l line) key(v float32) sieveKey {
	at := float64((v - l.center) * l.factor)
	if !(math.Abs(at) < lineEnd) {
		return firstKey
	}
	return sieveKey(min(max(math.RoundToEven(at), float64(firstKey)), float64(lastKey)))
}

const lineEnd = 1 << 31

// ends reports whether the line ends before a number.
func (l line) ends(v float64) bool { return !((float32(v)-l.center)*l.factor < lineEnd) }

// at returns about the number that lies at a key, or between two.
func (l line) at(key float64) float32 { return float32(float64(l.center) + key/float64(l.factor)) }

// keyRange has its first and its last key.
type keyRange struct{ first, last sieveKey }

// sieveBounds are ranges of keys, ascending, with some keys between them.
type sieveBounds struct {
	line
	ranges  []keyRange
	classes [256]uint8 // of each key: a bit for each range that begins at or below it, and the highest for what is in one

	first, last [sieveRanges][32]sieveKey // as vectors compare with them
}

const insideRange = 1 << sieveRanges

// lay lays ranges around shares of a sample. It returns which part of the sample they hold, 1 where there is no line.
func (b *sieveBounds) lay(sample *Distribution, shares []float64) float64 {
	spans := sample.spans(shares)
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range spans {
		for _, end := range []float64{s.low, s.high} {
			if !math.IsInf(end, 0) {
				low, high = min(low, end), max(high, end)
			}
		}
	}
	if b.line = lineOver(low, high); !(b.factor > 0 && b.factor <= math.MaxFloat32) {
		return 1
	}
	b.ranges = b.ranges[:0]
	for _, s := range spans {
		r := keyRange{firstKey, lastKey}
		if !math.IsInf(s.low, 0) {
			r.first = b.key(float32(s.low))
		}
		if !math.IsInf(s.high, 0) {
			r.last = b.key(float32(s.high))
		}
		b.ranges = append(b.ranges, r)
	}
	b.ranges = joined(b.ranges)
	if len(b.ranges) > sieveRanges {
		return 1
	}
	b.layClasses()
	return b.part(sample)
}

func (b *sieveBounds) layClasses() {
	b.classes = [256]uint8{}
	for i := range sieveRanges {
		r := keyRange{lastKey, firstKey} // nothing
		if i < len(b.ranges) {
			r = b.ranges[i]
			for k := int(r.first); k <= int(lastKey); k++ {
				b.classes[uint8(k)] |= 1 << i
				if k <= int(r.last) {
					b.classes[uint8(k)] |= insideRange
				}
			}
		}
		for lane := range b.first[i] {
			b.first[i][lane], b.last[i][lane] = r.first, r.last
		}
	}
}

// copyFrom makes b what o is.
func (b *sieveBounds) copyFrom(o *sieveBounds) {
	ranges := append(b.ranges[:0], o.ranges...)
	*b = *o
	b.ranges = ranges
}

// part returns about which part of a sample lies in the ranges.
func (b *sieveBounds) part(sample *Distribution) float64 {
	inside := uint64(0)
	for _, r := range b.ranges {
		low, high := uint64(0), sample.n
		if r.first > firstKey {
			low, _ = sample.below(b.at(float64(r.first) - 0.5))
		}
		if r.last < lastKey {
			high, _ = sample.below(b.at(float64(r.last) + 0.5))
		}
		inside += high - low
	}
	return float64(inside) / float64(max(sample.n, 1))
}

// starts returns how many of the numbers in the ranges, which d has counted, lie before each range, and how many in all.
// It is false where a cell reaches from one range to another.
func (b *sieveBounds) starts(d *Distribution) ([]uint64, bool) {
	d.settle()
	list := make([]uint64, len(b.ranges)+1)
	for i := range b.ranges[1:] {
		n, same := d.below(b.at((float64(b.ranges[i].last) + float64(b.ranges[i+1].first)) / 2))
		if same > 0 {
			return nil, false
		}
		list[i+1] = n
	}
	list[len(b.ranges)] = d.n
	return list, true
}

// siftDeviations is how far the ends of a range lie from its share of the sample, in standard deviations of a sample of
// independent numbers. Those would need fewer, but weights that lie side by side are alike. With more, more is kept; with
// fewer, more often the values of some rank are not.
const siftDeviations = 8

// span has its ends, which are infinite where a sample does not tell them.
type span struct{ low, high float64 }

// spans returns where shares of what d is a sample of lie.
func (d *Distribution) spans(shares []float64) []span {
	d.settle()
	var ranks []uint64
	for _, share := range shares {
		n := float64(d.n)
		at, margin := share*max(n-1, 0), siftDeviations*math.Sqrt(n*share*(1-share))+1
		ranks = append(ranks, rankOr(math.Floor(at-margin), d.n), rankOr(math.Ceil(at+margin), d.n))
	}
	list := make([]span, len(shares))
	places := d.locate(ranks)
	for i := range list {
		list[i] = span{math.Inf(-1), math.Inf(1)}
		if low := places[2*i].cell; low != noCell {
			list[i].low, _ = low.ends()
		}
		if high := places[2*i+1].cell; high != noCell {
			_, list[i].high = high.ends()
		}
	}
	return list
}

// rankOr returns a rank, or one that nothing of n has in the place of what is none.
func rankOr(rank float64, n uint64) uint64 {
	if rank < 0 {
		return n
	}
	return uint64(rank)
}

// joined sorts ranges, and makes one of those that have no key between them.
func joined(list []keyRange) []keyRange {
	slices.SortFunc(list, func(a, b keyRange) int { return cmp.Compare(a.first, b.first) })
	apart := list[:min(1, len(list))]
	for _, r := range list[len(apart):] {
		if end := &apart[len(apart)-1]; int(r.first) <= int(end.last)+1 {
			end.last = max(end.last, r.last)
		} else {
			apart = append(apart, r)
		}
	}
	return apart
}
