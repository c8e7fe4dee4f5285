package plotting

import (
	"math"
	"slices"
	"testing"
)

func TestTallyMatchesDirectStatistics(t *testing.T) {
	values := normal(newRand(), 10_001, 0.3, 0.7)
	var tally Tally
	tally.Add(values)
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	var sum, squares float64
	for _, v := range values {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(len(values))
	tests := []struct {
		name      string
		got, want float64
		relative  float64
	}{
		{"count", float64(tally.Count()), n, 0},
		{"min", tally.Min(), float64(sorted[0]), 0},
		{"max", tally.Max(), float64(sorted[len(sorted)-1]), 0},
		{"mean", tally.Mean(), sum / n, 1e-12},
		{"rms", tally.RMS(), math.Sqrt(squares / n), 1e-12},
		{"lowest quantile", tally.Quantile(0), float64(sorted[0]), 1. / 4096},
		{"0.1 quantile", tally.Quantile(0.1), float64(sorted[1000]), 1. / 4096},
		{"median", tally.Quantile(0.5), float64(sorted[5000]), 1. / 4096},
		{"0.99 quantile", tally.Quantile(0.99), float64(sorted[9900]), 1. / 4096},
		{"highest quantile", tally.Quantile(1), float64(sorted[10_000]), 1. / 4096},
	}
	for _, tt := range tests {
		if math.Abs(tt.got-tt.want) > tt.relative*math.Abs(tt.want) {
			t.Errorf("%s: got %v, want %v within %v", tt.name, tt.got, tt.want, tt.relative)
		}
	}
}

func TestTallyCountsWhatIsNotFinite(t *testing.T) {
	var tally Tally
	tally.Add([]float32{float32(nan), 1, float32(inf), float32(-inf), float32(-inf), 0, float32(math.Copysign(0, -1))})
	if tally.nan != 1 || tally.inf != [2]uint64{1, 2} || tally.zeros != 2 || tally.finite != 3 {
		t.Errorf("got %d NaN, %v infinite, %d zeros, %d finite, want 1, [1 2], 2, 3", tally.nan, tally.inf, tally.zeros, tally.finite)
	}
	if tally.Min() != 0 || tally.Max() != 1 {
		t.Errorf("got finite range %g to %g, want 0 to 1", tally.Min(), tally.Max())
	}
	if got := tally.Stat(3); got.Layer != 3 || !math.IsNaN(got.RMS) || !math.IsNaN(got.Min) {
		t.Errorf("got %+v for a layer that is not finite, want layer 3 and NaN", got)
	}
}

func TestEmptyTallyHasNoMean(t *testing.T) {
	var tally Tally
	for _, got := range []float64{tally.Mean(), tally.RMS(), tally.Quantile(0.5)} {
		if !math.IsNaN(got) {
			t.Errorf("got %g of nothing, want NaN", got)
		}
	}
}

func TestMergedTalliesEqualOne(t *testing.T) {
	values := append(normal(newRand(), 5000, -0.1, 2), float32(nan), float32(inf), 0)
	var whole, first, second Tally
	whole.Add(values)
	first.Add(values[:1700])
	second.Add(values[1700:])
	first.Merge(&second)
	first.Merge(new(Tally))
	if first.Count() != whole.Count() || first.NonFinite() != whole.NonFinite() || first.zeros != whole.zeros {
		t.Errorf("got %d values, %d not finite, want %d, %d", first.Count(), first.NonFinite(), whole.Count(), whole.NonFinite())
	}
	for _, q := range []float64{0, 0.001, 0.25, 0.5, 0.9, 1} {
		if got, want := first.Quantile(q), whole.Quantile(q); got != want {
			t.Errorf("quantile %g: got %g, want %g", q, got, want)
		}
	}
	if got, want := first.RMS(), whole.RMS(); math.Abs(got-want) > 1e-12 {
		t.Errorf("rms: got %g, want %g", got, want)
	}
	var into Tally
	into.Merge(&whole)
	if into.Min() != whole.Min() || into.Max() != whole.Max() {
		t.Errorf("merged into nothing: got %g to %g, want %g to %g", into.Min(), into.Max(), whole.Min(), whole.Max())
	}
}

func TestBinsHoldEveryFiniteValue(t *testing.T) {
	for _, values := range [][]float32{
		normal(newRand(), 3000, 0, 0.02),
		normal(newRand(), 3000, 1, 1e-4),
		append(normal(newRand(), 3000, 0, 1), 1e20, -1e30),
		{0.1, 0.1},
		{-0.3, 0, 0.2, 0.2, 7},
	} {
		var tally Tally
		tally.Add(values)
		w := sharedWindow([]*Tally{&tally})
		c := w.fill(&tally)
		got := c.below + c.above
		for _, n := range c.bins {
			got += n
		}
		if got != tally.Count() {
			t.Errorf("%d values from %g: bins hold %d", len(values), values[0], got)
		}
		if n := len(c.bins); n > 300 {
			t.Errorf("%d values from %g: got %d bins, want at most 300", len(values), values[0], n)
		}
	}
}

// TestBinsOfCoarseValuesAreExact puts values with few bits, as quantised tensors have, into the bins that they belong to.
func TestBinsOfCoarseValuesAreExact(t *testing.T) {
	var values []float32
	for i := -8; i < 8; i++ {
		values = append(values, slices.Repeat([]float32{float32(i) * 0.125}, i+9)...)
	}
	var tally Tally
	tally.Add(values)
	w := sharedWindow([]*Tally{&tally})
	want := make([]uint64, w.last-w.first+1)
	for _, v := range values {
		for bin := range want {
			if lo, hi := w.edges(bin); lo <= float64(v) && float64(v) < hi {
				want[bin]++
			}
		}
	}
	if got := w.fill(&tally).bins; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDistantOutliersDoNotStretchTheAxis(t *testing.T) {
	values := append(normal(newRand(), 5000, 0, 0.02), 1e30, -40)
	var tally Tally
	tally.Add(values)
	w := sharedWindow([]*Tally{&tally})
	c := w.fill(&tally)
	if c.above != 1 || c.below != 1 || c.outlying < 2 {
		t.Errorf("got %d above, %d below, %d outliers, want 1, 1 and at least 2", c.above, c.below, c.outlying)
	}
	if s := w.span(); s.max > 1 || s.min < -1 {
		t.Errorf("the axis reaches from %g to %g, want the bulk within ±1", s.min, s.max)
	}
}

func BenchmarkTallyAdd(b *testing.B) {
	values := normal(newRand(), 1<<16, 0, 0.02)
	b.SetBytes(int64(4 * len(values)))
	b.ReportAllocs()
	var tally Tally
	for b.Loop() {
		tally.Add(values)
	}
}
