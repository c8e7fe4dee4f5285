package plotting

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"github.com/sonde-ml/sonde/kernels"
)

// LayerStats shows one kind of weight, such as attn_norm, over the layers of a model: its rms above, and its
// minimum, mean and maximum below. The rms has an axis of decades of its own, since it says what the weight does to a
// signal, and is lost beside the extremes.
type LayerStats struct {
	Title    string
	Subtitle string
	Layers   []LayerStat // in any order; layers without such a weight are left out
}

// A LayerStat sums up the weights of one layer. Values that are not finite are marked, not drawn.
type LayerStat struct {
	Layer               int
	Min, Mean, Max, RMS float64
}

// NewLayerStat returns the statistics of a layer's weights: NaN if not all of them are finite.
func NewLayerStat(layer int, m *kernels.Moments) LayerStat {
	if m.NonFinite() > 0 {
		return LayerStat{layer, math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	return LayerStat{Layer: layer, Min: m.Min(), Mean: m.Mean(), Max: m.Max(), RMS: m.RMS()}
}

// Draw returns the figure. Its error is a [*DataError], where there is no layer or one twice.
func (l LayerStats) Draw() (*Figure, error) {
	if len(l.Layers) == 0 {
		return nil, &DataError{Plot: "LayerStats", Field: "Layers", Seen: "no element", Want: "one or more"}
	}
	stats := slices.Clone(l.Layers)
	slices.SortFunc(stats, func(a, b LayerStat) int { return cmp.Compare(a.Layer, b.Layer) })
	for i := range stats[1:] {
		if stats[i].Layer == stats[i+1].Layer {
			return nil, &DataError{Plot: "LayerStats", Field: "Layers", Seen: fmt.Sprintf("layer %d twice", stats[i].Layer), Want: "each layer once"}
		}
	}
	return l.compose(seriesOf(stats)), nil
}

// layerSeries are the columns of the statistics.
type layerSeries struct{ layer, min, mean, max, rms []float64 }

func seriesOf(stats []LayerStat) layerSeries {
	var s layerSeries
	for _, st := range stats {
		s.layer = append(s.layer, float64(st.Layer))
		s.min = append(s.min, st.Min)
		s.mean = append(s.mean, st.Mean)
		s.max = append(s.max, st.Max)
		s.rms = append(s.rms, positive(st.RMS))
	}
	return s
}

// positive returns NaN for what has no place on an axis of decades.
func positive(v float64) float64 {
	if v > 0 {
		return v
	}
	return math.NaN()
}

func (l LayerStats) compose(s layerSeries) *Figure {
	f := &Figure{Title: l.Title, Subtitle: l.Subtitle, Width: 16, Height: 11}
	radius := thinned(len(s.layer), 2.2)
	rms := series{s.layer, s.rms, stroke(inkColor(), dataLine), draw.CircleGlyph{}, radius}
	mean := series{s.layer, s.mean, stroke(Category(0), dataLine), draw.CircleGlyph{}, radius}
	low := series{s.layer, s.min, stroke(Category(0), hairline), draw.PyramidGlyph{}, 0}
	high := series{s.layer, s.max, stroke(Category(0), hairline), draw.PyramidGlyph{}, 0}
	band := area{xs: s.layer, lo: s.min, hi: s.max, fill: tint(Category(0), 0.78)}
	bad := missing(s.layer, s.rms, s.min, s.mean, s.max)
	f.keys = []key{rms.key("rms"), mean.key("mean"), {text: "minimum to maximum", samples: []plot.Thumbnailer{band}}}
	if len(bad.xs) > 0 {
		f.keys = append(f.keys, key{text: "not finite, or rms 0", samples: []plot.Thumbnailer{bad}, small: true})
	}
	x := layerSpan(s.layer)
	var above, below extent
	above.add(s.rms...)
	below.add(s.min...)
	below.add(s.mean...)
	below.add(s.max...)
	f.body = func(c draw.Canvas) {
		top := newPanel(withoutLabels(x), above.logSpan(4), "")
		top.Add(gridLines(), bad)
		top.Add(rms.plotters()...)
		bottom := newPanel(x, below.signedSpan(s), "layer")
		bottom.Add(gridLines(), band, level{y: 0, style: stroke(noteColor(), hairline, 3, 2)})
		bottom.Add(low.plotters()...)
		bottom.Add(high.plotters()...)
		bottom.Add(mean.plotters()...)
		bottom.Add(bad)
		drawPanels(c, panel{top, "rms"}, panel{bottom, "weight"})
	}
	return f
}

// signedSpan is an even axis, unless layers differ so much that the smaller ones would be a line at zero.
func (e *extent) signedSpan(s layerSeries) span {
	var reach extent // of the larger of |min| and |max|
	for i := range s.layer {
		reach.add(max(math.Abs(s.min[i]), math.Abs(s.max[i])))
	}
	if !reach.found || reach.hi < 30*reach.smallest {
		return e.linearSpan(linear{labels: 5})
	}
	knee := math.Pow(10, math.Floor(math.Log10(max(reach.smallest, reach.hi*1e-12))))
	return e.symmetricSpan(knee, 7)
}

// layerSpan is the axis of layers, with half a layer of room at the ends.
func layerSpan(layers []float64) span {
	first, last := slices.Min(layers), slices.Max(layers)
	pad := max(0.5, 0.015*(last-first))
	return span{min: first - pad, max: last + pad, scale: integers{labels: 16}}
}

// withoutLabels leaves the ticks of an axis that a panel below names.
func withoutLabels(s span) span {
	s.scale = unlabelled{s.scale}
	return s
}
