package plotting

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// ResidualNorms shows how the residual stream grows over the layers: the rms of each token's vector wherever a block
// has added to the stream. Position 0 has a line of its own, since models park a huge norm there.
type ResidualNorms struct {
	Title    string
	Subtitle string
	Points   []ResidualPoint // in execution order
}

// A ResidualPoint is the stream after one op. Several points of one layer are spread evenly up to the next one:
// with two, the first (after attention) stands at half a layer and the second (after the feed-forward part) at the layer.
type ResidualPoint struct {
	Layer int       // -1 before the first block
	RMS   []float64 // [tokens], the rms over the width of the stream
}

// Draw returns the figure. Its error is a [*DataError], where there is no point or the points have different tokens.
func (r ResidualNorms) Draw() (*Figure, error) {
	if len(r.Points) == 0 {
		return nil, &DataError{Plot: "ResidualNorms", Field: "Points", Seen: "no element", Want: "one or more"}
	}
	tokens := len(r.Points[0].RMS)
	for i, p := range r.Points {
		if len(p.RMS) != tokens || tokens == 0 {
			return nil, &DataError{
				Plot: "ResidualNorms", Field: fmt.Sprintf("Points[%d].RMS", i),
				Seen: fmt.Sprintf("%d tokens", len(p.RMS)), Want: fmt.Sprintf("the same as the first point (%d), and one or more", tokens),
			}
		}
	}
	return r.compose(tokens), nil
}

// places returns the x coordinate of every point.
func (r ResidualNorms) places() []float64 {
	perLayer := map[int]int{}
	for _, p := range r.Points {
		perLayer[p.Layer]++
	}
	seen := map[int]int{}
	xs := make([]float64, len(r.Points))
	for i, p := range r.Points {
		seen[p.Layer]++
		xs[i] = float64(p.Layer) - 1 + float64(seen[p.Layer])/float64(perLayer[p.Layer])
	}
	return xs
}

func (r ResidualNorms) compose(tokens int) *Figure {
	f := &Figure{Title: r.Title, Subtitle: r.Subtitle, Width: 16, Height: 9.5}
	xs := r.places()
	radius := thinned(len(xs), 2.2)
	first := series{xs: xs, style: stroke(Category(1), dataLine, 5, 2), shape: draw.BoxGlyph{}, radius: radius}
	middle := series{xs: xs, style: stroke(Category(0), dataLine), shape: draw.CircleGlyph{}, radius: radius}
	band := area{xs: xs, fill: tint(Category(0), 0.75)}
	for _, p := range r.Points {
		first.ys = append(first.ys, positive(p.RMS[0]))
		low, median, high := spread(p.RMS[1:])
		band.lo, band.hi = append(band.lo, low), append(band.hi, high)
		middle.ys = append(middle.ys, median)
	}
	if slices.ContainsFunc(xs, func(x float64) bool { return x != math.Trunc(x) }) {
		f.Caption = "Ops that add to the stream are spread evenly up to the tick of their layer; its last stands there."
	}
	bad := r.bad(xs)
	f.keys = []key{first.key("position 0")}
	if tokens > 1 {
		f.keys = append(f.keys, middle.key("median of the others"),
			key{text: spreadName(tokens - 1), samples: []plot.Thumbnailer{band}})
	}
	if len(bad.xs) > 0 {
		f.keys = append(f.keys, key{text: "a token is not finite, or 0", samples: []plot.Thumbnailer{bad}, small: true})
	}
	var y extent
	y.add(first.ys...)
	y.add(band.lo...)
	y.add(band.hi...)
	f.body = func(c draw.Canvas) {
		p := newPanel(residualSpan(xs), y.logSpan(6), "layer")
		p.Add(gridLines(), band, bad)
		p.Add(middle.plotters()...)
		p.Add(first.plotters()...)
		drawPanels(c, panel{p, "rms of the residual stream"})
	}
	return f
}

// fewTokens are shown from least to greatest, more by deciles.
const fewTokens = 10

func spreadName(others int) string {
	if others < fewTokens {
		return "their range"
	}
	return "10 to 90 % of them"
}

// spread returns the bounds of the band and the median of the positive finite values, NaN where there are none.
func spread(values []float64) (low, median, high float64) {
	var sorted []float64
	for _, v := range values {
		if finite(v) && v > 0 {
			sorted = append(sorted, v)
		}
	}
	if len(sorted) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	slices.Sort(sorted)
	at := func(q float64) float64 { return sorted[int(math.Round(q*float64(len(sorted)-1)))] }
	if len(values) < fewTokens {
		return at(0), at(0.5), at(1)
	}
	return at(0.1), at(0.5), at(0.9)
}

// bad returns the places where the rms of any token has no place on an axis of decades.
func (r ResidualNorms) bad(xs []float64) crosses {
	var at crosses
	for i, p := range r.Points {
		if slices.ContainsFunc(p.RMS, func(v float64) bool { return !finite(v) || !(v > 0) }) {
			at.xs = append(at.xs, xs[i])
		}
	}
	return at
}

// residualSpan is the axis of layers, whose -1 is the embedding.
func residualSpan(xs []float64) span {
	s := layerSpan(xs)
	if !slices.Contains(xs, -1) {
		return s
	}
	const apart = 0.045 // of the axis, so that names do not touch
	ticks := places{{Value: -1, Label: "embd"}}
	for _, tick := range s.scale.Ticks(s.min, s.max) {
		if tick.Value+1 > apart*(s.max-s.min) {
			ticks = append(ticks, tick)
		}
	}
	s.scale = ticks
	return s
}
