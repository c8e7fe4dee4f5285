package kernels

import (
	"cmp"
	"math"
	"slices"
)

// sieveKey is the upper half of a float32, turned so that keys sort as numbers do.
type sieveKey = int16

const (
	firstKey sieveKey = -0x7f80 // of finite numbers
	lastKey  sieveKey = 0x7f7f
)

func keyOf(v float32) sieveKey { return sortedKey(uint16(math.Float32bits(v) >> 16)) }

func (c cell) key() sieveKey { return sortedKey(uint16(c >> (16 - cellShift))) }

func sortedKey(bits uint16) sieveKey {
	k := sieveKey(bits)
	return k ^ k>>15&math.MaxInt16
}

// sieveBounds are the bounds of the ranges, ascending, as vectors compare with them. Ranges that are not used are empty.
type sieveBounds struct {
	before [sieveRanges + 1][sieveStep]sieveKey // the keys before the first ones; at the end the last of finite numbers
	last   [sieveRanges][sieveStep]sieveKey
}

// keyRange has its first and its last key.
type keyRange struct{ first, last sieveKey }

func (b *sieveBounds) lay(ranges []keyRange) {
	for i := range b.before {
		r := keyRange{lastKey + 1, firstKey}
		if i < min(len(ranges), sieveRanges) {
			r = ranges[i]
		}
		for lane := range sieveStep {
			b.before[i][lane] = r.first - 1
			if i < sieveRanges {
				b.last[i][lane] = r.last
			}
		}
	}
}

// ends returns the first and the last keys.
func (b *sieveBounds) ends() (first [sieveRanges + 1]sieveKey, last [sieveRanges + 1]sieveKey) {
	for i := range first {
		first[i], last[i] = b.before[i][0]+1, firstKey-1
		if i < sieveRanges {
			last[i] = b.last[i][0]
		}
	}
	return first, last
}

// counts returns how many numbers of d are in each range.
func (b *sieveBounds) counts(d *Distribution) (counts [sieveRanges]uint64) {
	first, last := b.ends()
	for e, o := range d.ascendOctaves() {
		for at := 0; at < cellsPerExponent; at += cellsPerKey {
			k := cell(e<<cellBits | at).key()
			i := 0
			for i < sieveRanges && k > last[i] {
				i++
			}
			if i == sieveRanges || k < first[i] {
				continue
			}
			for _, n := range o.cells[at:][:cellsPerKey] {
				counts[i] += n
			}
		}
	}
	return counts
}

// cellsPerKey is how many cells of a [Distribution] have the same key.
const cellsPerKey = 1 << (16 - cellShift)

// siftDeviations is how far the ends of a range lie from its share of the sample, in standard deviations of a sample of
// independent numbers. Those would need fewer, but weights that lie side by side are alike. With more, more is kept; with
// fewer, more often the values of some rank are not.
const siftDeviations = 8

// ranges returns where shares of what d is a sample of lie, ascending and apart from each other.
func (d *Distribution) ranges(shares []float64) []keyRange {
	d.settle()
	var ranks []uint64
	for _, share := range shares {
		n := float64(d.n)
		at, margin := share*max(n-1, 0), siftDeviations*math.Sqrt(n*share*(1-share))+1
		ranks = append(ranks, rankOr(math.Floor(at-margin), d.n), rankOr(math.Ceil(at+margin), d.n))
	}
	var list []keyRange
	places := d.locate(ranks)
	for i := range shares {
		r := keyRange{firstKey, lastKey}
		if low := places[2*i]; low.cell != noCell {
			r.first = low.key()
		}
		if high := places[2*i+1]; high.cell != noCell {
			r.last = high.key()
		}
		list = append(list, r)
	}
	return joined(list)
}

// rankOr returns a rank, or one that nothing of n has in the place of what is none.
func rankOr(rank float64, n uint64) uint64 {
	if rank < 0 {
		return n
	}
	return uint64(rank)
}

// joined sorts ranges, and makes one of those that meet.
func joined(list []keyRange) []keyRange {
	slices.SortFunc(list, func(a, b keyRange) int { return cmp.Compare(a.first, b.first) })
	apart := list[:min(1, len(list))]
	for _, r := range list[len(apart):] {
		if end := &apart[len(apart)-1]; r.first <= end.last {
			end.last = max(end.last, r.last)
		} else {
			apart = append(apart, r)
		}
	}
	return apart
}
