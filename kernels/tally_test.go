package kernels

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// oddNumbers returns n numbers of many magnitudes, each of some mantissa bits, with zeros and equal ones among them.
func oddNumbers(n int, mantissaBits int) []float32 {
	r, x := rand.New(rand.NewPCG(11, 13)), make([]float32, n)
	for i := range x {
		x[i] = float32(math.Ldexp(r.NormFloat64(), r.IntN(60)-40))
	}
	copy(x[3:], []float32{0, float32(math.Copysign(0, -1)), 1, 1, 1, -2.5, -2.5, math.MaxFloat32, -math.MaxFloat32, 0x1p-126})
	for i, v := range x {
		x[i] = math.Float32frombits(math.Float32bits(v) &^ (1<<(23-mantissaBits) - 1))
	}
	return x
}

func TestMoments(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	shifted := slices.Repeat([]float32{1e6, 1e6 + 1, 1e6 + 2}, 4000)
	for _, test := range []struct {
		name     string
		values   []float32
		min, max float64
		mean     float64
		std      float64
	}{
		{"one", []float32{-3}, -3, -3, -3, 0},
		{"few", []float32{1, 2, 3, 4, 6}, 1, 6, 3.2, math.Sqrt(2.96)},
		{"constant", slices.Repeat([]float32{0.1}, 9999), float64(float32(0.1)), float64(float32(0.1)), float64(float32(0.1)), 0},
		{"far from zero", shifted, 1e6, 1e6 + 2, 1e6 + 1, math.Sqrt(2. / 3)},
		{"with others", []float32{nan, 5, inf, -1, -inf, nan}, -1, 5, 2, 3},
		{"largest", []float32{math.MaxFloat32, -math.MaxFloat32}, -math.MaxFloat32, math.MaxFloat32, 0, math.MaxFloat32},
	} {
		t.Run(test.name, func(t *testing.T) {
			var m Moments
			m.Add(test.values)
			if m.Min() != test.min || m.Max() != test.max {
				t.Errorf("got %v to %v, want %v to %v", m.Min(), m.Max(), test.min, test.max)
			}
			if !close12(m.Mean(), test.mean) || !close12(m.Std(), test.std) {
				t.Errorf("got mean %v, std %v, want %v, %v", m.Mean(), m.Std(), test.mean, test.std)
			}
			if want := math.Hypot(test.mean, test.std); !close12(m.RMS(), want) {
				t.Errorf("got rms %v, want %v", m.RMS(), want)
			}
			if m.Count() != uint64(len(test.values)) {
				t.Errorf("got %d numbers, want %d", m.Count(), len(test.values))
			}
		})
	}
}

func close12(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(math.Abs(a), math.Abs(b), 1e-3) }

func TestMomentsCount(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	var m Moments
	m.Add([]float32{0, nan, float32(math.Copysign(0, -1)), inf, -inf, inf, 7})
	got := []uint64{m.Count(), m.Finite(), m.NonFinite(), m.NaN(), m.Inf(), m.Zeros()}
	if want := []uint64{7, 3, 4, 1, 3, 2}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var none Moments
	none.Add([]float32{nan})
	if !math.IsNaN(none.Mean()) || !math.IsNaN(none.Std()) || !math.IsNaN(none.RMS()) {
		t.Errorf("of NaN alone: got %v, %v, %v, want NaN", none.Mean(), none.Std(), none.RMS())
	}
}

// TestTallyMerge wants the same from values that were counted apart.
func TestTallyMerge(t *testing.T) {
	values := oddNumbers(20000, 23)
	values[77], values[78] = float32(math.NaN()), float32(math.Inf(-1))
	var whole, merged Tally
	whole.Add(values)
	for piece := range slices.Chunk(values, 3001) {
		var p Tally
		p.Add(piece)
		merged.Merge(&p)
	}
	if a, b := whole.Moments, merged.Moments; a.Count() != b.Count() || a.Zeros() != b.Zeros() || a.NonFinite() != b.NonFinite() ||
		a.Min() != b.Min() || a.Max() != b.Max() || !close12(a.Mean()/a.Std(), b.Mean()/b.Std()) {
		t.Errorf("got %+v, want %+v", b, a)
	}
	for _, q := range []float64{0, 0.1, 0.5, 0.99, 1} {
		if got, want := merged.Quantile(q), whole.Quantile(q); got != want {
			t.Errorf("quantile %v: got %v, want %v", q, got, want)
		}
	}
}

// TestRanksAmongZeros wants what is nearly zero told from zero.
func TestRanksAmongZeros(t *testing.T) {
	tiny := math.Float32frombits(1)
	for _, values := range [][]float32{{0, 0, 0}, {tiny, 0, tiny, 0}, {-tiny, 0, float32(math.Copysign(0, -1)), -tiny}, {-tiny, -tiny, 3}} {
		values = slices.Repeat(values, recentPiece)
		atLevels(func(set *Set) {
			var d Distribution
			d.addAt(set, values)
			var ranks []uint64
			for i := range uint64(len(values)) {
				ranks = append(ranks, i)
			}
			r := d.Ranks(ranks)
			r.addAt(set, values)
			got, sorted := r.Values(), slices.Sorted(slices.Values(values))
			for i, want := range sorted {
				if got[i] != float64(want) {
					t.Fatalf("%s, %v …, rank %d: got %v, want %v", set.Level(), values[:3], i, got[i], want)
				}
			}
		})
	}
}

// TestRanks compares with sorting: values of the distribution, and exact ones after a second pass.
func TestRanks(t *testing.T) {
	for _, bits := range []int{7, 12, 23} {
		values := oddNumbers(30000, bits)
		sorted := slices.Sorted(slices.Values(values))
		ranks := []uint64{0, 1, 29999, 15000, 15001, 299, 300, 22500, 17, 30000}
		var d Distribution
		d.Add(values)
		one, other := d.Ranks(ranks), d.Ranks(ranks)
		one.Add(values[:11111])
		other.Add(values[11111:])
		one.Merge(other)
		rough := d.Values(ranks)
		for i, rank := range ranks[:len(ranks)-1] {
			want := float64(sorted[rank])
			if got := one.Values()[i]; got != want {
				t.Errorf("%d bits, rank %d: got %v, want %v", bits, rank, got, want)
			}
			if got := rough[i]; math.Abs(got-want) > CellWidth*math.Abs(want) || bits <= cellBits && got != want {
				t.Errorf("%d bits, rank %d: roughly %v, want %v", bits, rank, got, want)
			}
		}
		if last := len(ranks) - 1; !math.IsNaN(one.Values()[last]) || !math.IsNaN(rough[last]) {
			t.Errorf("rank %d of %d: got %v and %v, want NaN", ranks[last], len(values), one.Values()[last], rough[last])
		}
	}
}

// TestRanksOfOthers has a second pass that sees nothing of what the first one saw.
func TestRanksOfOthers(t *testing.T) {
	var d Distribution
	d.Add([]float32{1, 2, 3})
	r := d.Ranks([]uint64{1})
	r.Add([]float32{5, float32(math.NaN()), float32(math.Inf(1))})
	if !math.IsNaN(r.Values()[0]) {
		t.Errorf("got %v, want NaN", r.Values()[0])
	}
}

func TestDistributionOfNothing(t *testing.T) {
	var d Distribution
	d.Add([]float32{float32(math.NaN()), float32(math.Inf(1))})
	if q := d.Quantile(0.5); !math.IsNaN(q) {
		t.Errorf("got %v, want NaN", q)
	}
	for v, n := range d.All() {
		t.Errorf("got %d times %v, want nothing", n, v)
	}
}

func TestDistributionAll(t *testing.T) {
	var d Distribution
	d.Add([]float32{0.5, -2, 0.5, float32(math.Copysign(0, -1)), 0, 1024, -1.5})
	type pair struct {
		v float64
		n uint64
	}
	var got []pair
	for v, n := range d.All() {
		got = append(got, pair{v, n})
	}
	if want := []pair{{-2, 1}, {-1.5, 1}, {0, 1}, {0, 1}, {0.5, 2}, {1024, 1}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for range d.All() {
		break // may stop early
	}
}
