package plotting

import (
	"math"

	"github.com/sonde-ml/sonde/kernels"
)

const (
	mostBins     = 151   // a bin is then about 4 pixels wide
	leastBins    = 11    // fewer show no shape
	outlierSigma = 6.    // of a normal distribution, 2 in 10⁹ lie beyond
	windowSigma  = 24.   // what lies farther out than this is counted in bins at the edge instead
	iqrOfNormal  = 1.349 // the interquartile range of a normal distribution, in standard deviations
)

// window is the part of the number line that a histogram shows, and its bins: bin i is centred on i·width, so that
// zero, the most frequent weight of a quantised tensor, lies in the middle of one.
type window struct {
	width       float64
	first, last int  // bins
	clipped     bool // values lie outside
}

// center is the middle of a distribution and its width as the quartiles tell it, which no outlier can stretch.
func center(t *kernels.Tally) (median, sigma float64) {
	return t.Quantile(0.5), (t.Quantile(0.75) - t.Quantile(0.25)) / iqrOfNormal
}

// sharedWindow returns a window for all tallies, of which at least one has a finite value.
func sharedWindow(tallies []*kernels.Tally) window {
	lo, hi, width := math.Inf(1), math.Inf(-1), math.Inf(1)
	clipped := false
	for _, t := range tallies {
		if t.Finite() == 0 {
			continue
		}
		from, to := visible(t)
		lo, hi = min(lo, from), max(hi, to)
		width = min(width, binWidth(t))
		clipped = clipped || from > t.Min() || to < t.Max()
	}
	w := newWindow(lo, hi, width)
	w.clipped = clipped
	return w
}

// visible returns the range to show: all values, unless some lie absurdly far from the rest.
func visible(t *kernels.Tally) (lo, hi float64) {
	median, sigma := center(t)
	if sigma == 0 {
		return t.Min(), t.Max()
	}
	return max(t.Min(), median-windowSigma*sigma), min(t.Max(), median+windowSigma*sigma)
}

// binWidth follows Freedman and Diaconis (1981): 2·IQR/n^(1/3).
func binWidth(t *kernels.Tally) float64 {
	_, sigma := center(t)
	return 2 * iqrOfNormal * sigma / math.Cbrt(float64(t.Finite()))
}

func newWindow(lo, hi, width float64) window {
	if lo == hi {
		width = max(math.Abs(lo)/leastBins, math.SmallestNonzeroFloat32)
		lo, hi = lo-width*leastBins/2, hi+width*leastBins/2
	}
	width = min(max(width, (hi-lo)/(mostBins-1)), (hi-lo)/(leastBins-1))
	// Bins narrower than a few cells of the tally would be full and empty by turns.
	width = max(width, 5*max(math.Abs(lo), math.Abs(hi))*kernels.CellWidth)
	width = niceStep(0.6 * width) // between 0.6 and 1.5 of it
	return window{
		width: width,
		first: int(math.Floor(lo/width + 0.5)),
		last:  int(math.Floor(hi/width + 0.5)),
	}
}

// counts is what fell into the bins of a window.
type counts struct {
	bins         []uint64
	outliers     []bool // the bin holds one
	outlying     uint64
	below, above uint64 // outside of the window
}

// fill counts a tally's finite values in w.
func (w window) fill(t *kernels.Tally) counts {
	c := counts{bins: make([]uint64, w.last-w.first+1), outliers: make([]bool, w.last-w.first+1)}
	median, sigma := center(t)
	for v, n := range t.All() {
		outlying := sigma > 0 && math.Abs(v-median) > outlierSigma*sigma
		if outlying {
			c.outlying += n
		}
		switch i := math.Floor(v/w.width+0.5) - float64(w.first); {
		case i < 0:
			c.below += n
		case i >= float64(len(c.bins)):
			c.above += n
		default:
			c.bins[int(i)] += n
			c.outliers[int(i)] = c.outliers[int(i)] || outlying
		}
	}
	return c
}

// edges returns the bounds of bin i, counted from the first.
func (w window) edges(i int) (lo, hi float64) {
	at := float64(w.first + i)
	return (at - 0.5) * w.width, (at + 0.5) * w.width
}
