package plotting

import (
	"math"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/kernels"
)

func TestBinsHoldEveryFiniteValue(t *testing.T) {
	for _, values := range [][]float32{
		normal(newRand(), 3000, 0, 0.02),
		normal(newRand(), 3000, 1, 1e-4),
		append(normal(newRand(), 3000, 0, 1), 1e20, -1e30),
		{0.1, 0.1},
		{-0.3, 0, 0.2, 0.2, 7},
	} {
		var tally kernels.Tally
		tally.Add(values)
		w := sharedWindow([]*kernels.Tally{&tally})
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
	var tally kernels.Tally
	tally.Add(values)
	w := sharedWindow([]*kernels.Tally{&tally})
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
	var tally kernels.Tally
	tally.Add(values)
	w := sharedWindow([]*kernels.Tally{&tally})
	c := w.fill(&tally)
	if c.above != 1 || c.below != 1 || c.outlying < 2 {
		t.Errorf("got %d above, %d below, %d outliers, want 1, 1 and at least 2", c.above, c.below, c.outlying)
	}
	if s := w.span(); s.max > 1 || s.min < -1 {
		t.Errorf("the axis reaches from %g to %g, want the bulk within ±1", s.min, s.max)
	}
}

func TestLayerThatIsNotFinite(t *testing.T) {
	var m kernels.Moments
	m.Add([]float32{0.5, float32(inf), -1})
	if got := NewLayerStat(3, &m); got.Layer != 3 || !math.IsNaN(got.RMS) || !math.IsNaN(got.Min) {
		t.Errorf("got %+v, want layer 3 and NaN", got)
	}
}
