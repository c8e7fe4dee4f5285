package audit

import (
	"cmp"
	"math"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
)

// Channels says how far the columns of a matrix differ: a column is what meets one number of the op's input.
type Channels struct {
	MedianRMS Number    `json:"median_rms"` // of the rms of each column
	Outliers  int       `json:"count"`      // columns whose rms is more than 6 times that
	Largest   []Channel `json:"largest"`    // of these, largest first, at most 8
}

// Channel is a column that stands out. Models have such columns; they are what a quantisation is worst at.
type Channel struct {
	Column int    `json:"column"`
	RMS    Number `json:"rms"`
	Ratio  Number `json:"ratio"` // to the median
}

const (
	outlierRatio  = 6 // what arXiv 2208.07339 takes for activations
	shownChannels = 8
)

// channels finds the outlier channels of t; nil for vectors.
func (a *sums) channels(t *gguf.Tensor) *Channels {
	if a.squares == nil {
		return nil
	}
	rms := make([]float64, len(a.squares))
	for i, sum := range a.squares {
		rms[i] = math.Sqrt(sum / float64(t.Rows()))
	}
	sorted := slices.Clone(rms)
	slices.Sort(sorted)
	median := (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
	c := &Channels{MedianRMS: Number(median), Largest: []Channel{}}
	for column, v := range rms {
		if median > 0 && v > outlierRatio*median {
			c.Largest = append(c.Largest, Channel{column, Number(v), Number(v / median)})
		}
	}
	c.Outliers = len(c.Largest)
	slices.SortStableFunc(c.Largest, func(a, b Channel) int { return cmp.Compare(b.RMS, a.RMS) })
	c.Largest = c.Largest[:min(shownChannels, len(c.Largest))]
	return c
}
