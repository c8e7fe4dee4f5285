package kernels

import (
	"math"
	"slices"
	"testing"
)

// sifted returns the values of ranks, found by two sieves that are merged.
func sifted(set *Set, x []float32, sample []float32, shares []float64, ranks []uint64, n int) ([]float64, bool) {
	var d Distribution
	var all Moments
	all.Add(x)
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
	return one.Values(pool, ranks, &all)
}

// TestSieve compares with sorting: weights, with such among them as are far away, equal, or not finite.
func TestSieve(t *testing.T) {
	var x []float32
	for range 3 {
		x = append(x, randomRows(20011)...)
	}
	tame := len(x)
	x = append(x, slices.Concat(tallied()...)[20011:]...)
	far := math.Inf(1)
	for _, shares := range [][]float64{{0.5}, {0, 0.999, 1}, {0.3, 0.31, 0.32}, {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99}} {
		for _, test := range []struct {
			what string
			x    []float32
			must bool
		}{
			{"weights", x[:tame], true},
			{"shifted weights", shifted(x[:tame], 3), true},
			{"weights and a few far ones", slices.Concat(x[:tame], []float32{1e4, -1e4, float32(far), -float32(far), float32(math.NaN())}), shares[0] > 0},
			{"weights and a huge one", append(slices.Clone(x[:tame]), 3e38), false},
			{"numbers of many magnitudes", x, false},
		} {
			finite := slices.DeleteFunc(slices.Clone(test.x), func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) })
			slices.Sort(finite)
			n := len(finite)
			var ranks []uint64
			for _, q := range shares {
				low := uint64(q * float64(n-1))
				ranks = append(ranks, low, min(low+1, uint64(n-1)))
			}
			atLevels(func(set *Set) {
				got, ok := sifted(set, test.x, test.x, shares, ranks, 4*n)
				if !ok {
					if test.must {
						t.Errorf("%s: %s, shares %v: found nothing", set.Level(), test.what, shares)
					}
					return
				}
				for i, rank := range ranks {
					if want := float64(finite[rank]); got[i] != want {
						t.Errorf("%s: %s, shares %v, rank %d: got %v, want %v", set.Level(), test.what, shares, rank, got[i], want)
					}
				}
			})
		}
	}
}

func shifted(x []float32, by float32) []float32 {
	y := slices.Clone(x)
	for i := range y {
		y[i] += by
	}
	return y
}

// TestSieveKeeps wants it to keep the same numbers at every level, and few.
func TestSieveKeeps(t *testing.T) {
	x := slices.Concat(randomRows(100003), tallied()[2][:100])
	var d Distribution
	d.Add(x)
	d.settle()
	var want []float32
	var above [sieveRanges]uint64
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
		if got := len(s.kept); math.Abs(float64(got-s.likely)) > 0.01*float64(got) || got > len(x)/5 {
			t.Errorf("%s: kept %d of %d numbers, foretold were %d", set.Level(), got, len(x), s.likely)
		}
	})
}

// TestSieveFails wants it to say so where it cannot know.
func TestSieveFails(t *testing.T) {
	x := randomRows(100003)
	for _, test := range []struct {
		name   string
		sample []float32
		ranks  []uint64
		n      int
	}{
		{"a sample of other numbers", shifted(x, 10), []uint64{50000}, 4 * len(x)},
		{"another rank", x, []uint64{50000, 20000}, 4 * len(x)},
		{"a rank that nothing has", x, []uint64{200000}, 4 * len(x)},
		{"too many numbers", x, []uint64{50000}, 100},
	} {
		atLevels(func(set *Set) {
			if got, ok := sifted(set, x, test.sample, []float64{0.5}, test.ranks, test.n); ok {
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
