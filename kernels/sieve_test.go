package kernels

import (
	"math"
	"slices"
	"testing"
)

// sifted returns the values of ranks, found by two sieves that are merged.
func sifted(set *Set, x []float32, sample []float32, shares []float64, ranks []uint64, finite, n int) ([]float64, bool) {
	var d Distribution
	d.addAt(set, sample)
	var one, other Sieve
	for _, s := range []*Sieve{&one, &other} {
		s.Reset(&d, []float64{0.5}, 1)
		s.addAt(set, x[:min(len(x), 5000)]) // which it forgets
		s.Reset(&d, shares, n)
	}
	one.addAt(set, x[:len(x)/3])
	other.addAt(set, x[len(x)/3:])
	one.Merge(&other)
	pool := NewPool(2)
	defer pool.Close()
	return one.Values(pool, ranks, uint64(finite))
}

// TestSieve compares with sorting: values of many magnitudes, on both sides of zero, and with what is not finite.
func TestSieve(t *testing.T) {
	x := slices.Concat(tallied()...)
	for range 3 {
		x = append(x, randomRows(20011)...)
	}
	finite := slices.DeleteFunc(slices.Clone(x), func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) })
	slices.Sort(finite)
	n := len(finite)
	for _, shares := range [][]float64{{0.5}, {0, 0.999, 1}, {0.3, 0.31, 0.32}, {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99}} {
		var ranks []uint64
		for _, q := range shares {
			low := uint64(q * float64(n-1))
			ranks = append(ranks, low, min(low+1, uint64(n-1)))
		}
		atLevels(func(set *Set) {
			got, ok := sifted(set, x, x, shares, ranks, n, 4*len(x))
			if !ok {
				t.Fatalf("%s: shares %v: found nothing", set.Level(), shares)
			}
			for i, rank := range ranks {
				if want := float64(finite[rank]); got[i] != want {
					t.Errorf("%s: shares %v, rank %d: got %v, want %v", set.Level(), shares, rank, got[i], want)
				}
			}
		})
	}
}

// TestSieveKeeps wants it to keep the same numbers at every level, and few.
func TestSieveKeeps(t *testing.T) {
	x := slices.Concat(randomRows(100003), tallied()[2])
	var d Distribution
	d.Add(x)
	d.settle()
	var want []float32
	var above [sieveRanges + 1]uint64
	atLevels(func(set *Set) {
		var s Sieve
		if !s.Reset(&d, []float64{0.25, 0.5, 0.75}, int(d.n)) {
			t.Fatalf("%s: ranges of all", set.Level())
		}
		s.addAt(set, x)
		slices.Sort(s.kept)
		if set.tier == generic {
			want, above = s.kept, s.above
		}
		if !slices.Equal(s.kept, want) || s.above != above {
			t.Errorf("%s: got %d numbers and %v, want %d and %v", set.Level(), len(s.kept), s.above, len(want), above)
		}
		if got := len(s.kept); got-s.likely < 0 || got-s.likely > 1 || got > len(x)/5 {
			t.Errorf("%s: kept %d of %d numbers, foretold were %d", set.Level(), got, len(x), s.likely)
		}
	})
}

// TestSieveFails wants it to say so where it cannot know.
func TestSieveFails(t *testing.T) {
	x := randomRows(100003)
	shifted := slices.Clone(x)
	for i := range shifted {
		shifted[i] += 10
	}
	for _, test := range []struct {
		name   string
		sample []float32
		ranks  []uint64
		n      int
	}{
		{"a sample of other numbers", shifted, []uint64{50000}, 4 * len(x)},
		{"another rank", x, []uint64{50000, 20000}, 4 * len(x)},
		{"a rank that nothing has", x, []uint64{200000}, 4 * len(x)},
		{"too many numbers", x, []uint64{50000}, 100},
	} {
		atLevels(func(set *Set) {
			if got, ok := sifted(set, x, test.sample, []float64{0.5}, test.ranks, len(x), test.n); ok {
				t.Errorf("%s, %s: got %v, want nothing", set.Level(), test.name, got)
			}
		})
	}
}

// TestSieveOfEqualNumbers wants it to decline.
func TestSieveOfEqualNumbers(t *testing.T) {
	x := slices.Repeat([]float32{-1, 0, 1}, 40000)
	var d Distribution
	d.Add(x)
	var s Sieve
	if s.Reset(&d, []float64{0.25, 0.5}, len(x)) {
		t.Error("sifts numbers of which a third are equal")
	}
}
