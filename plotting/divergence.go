package plotting

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// divergence sorts ops into what is drawn differently. Its y axis is the decimal exponent of the NMSE, with a place
// below the least for bit-equal ops and one above the greatest for those that are not finite.
type divergence struct {
	noise, over points
	equalX      []float64
	nonFinite   []float64
	first       int // index of the first op over the tolerance, or -1
	tolerance   float64
	lo, hi      float64 // exponents of the decades shown
}

type points struct{ xs, ys []float64 }

func (p *points) add(x, y float64) { p.xs, p.ys = append(p.xs, x), append(p.ys, y) }

// leastExponent stands for an NMSE of 0 whose bits differ all the same, as those of 0 and -0 do.
const leastExponent = -20

func (e OpErrors) divergence() divergence {
	d := divergence{first: -1, tolerance: exponent(e.Tolerance)}
	var seen extent
	for i, op := range e.Ops {
		x, y := float64(i), exponent(op.NMSE)
		if d.first < 0 && op.over(e.Tolerance) {
			d.first = i
		}
		switch {
		case op.Equal:
			d.equalX = append(d.equalX, x)
			continue
		case !finite(op.NMSE) || op.NMSE < 0:
			d.nonFinite = append(d.nonFinite, x)
			continue
		case op.over(e.Tolerance):
			d.over.add(x, y)
		default:
			d.noise.add(x, y)
		}
		seen.add(y)
	}
	seen.add(d.tolerance, d.tolerance-2, d.tolerance+2)
	d.lo, d.hi = math.Floor(seen.lo), math.Ceil(seen.hi)
	return d
}

func exponent(nmse float64) float64 {
	if !(nmse > 0) {
		return leastExponent
	}
	return max(math.Log10(nmse), leastExponent)
}

func (d divergence) equalY() float64     { return d.lo - 0.09*(d.hi-d.lo) }
func (d divergence) nonFiniteY() float64 { return d.hi + 0.09*(d.hi-d.lo) }

// span has decades as labels, and names for the lines of what has no exponent.
func (d divergence) span() span {
	stride := math.Ceil((d.hi - d.lo) / 7)
	var ticks places
	for e := d.lo; e <= d.hi; e++ {
		label := ""
		if math.Mod(e, stride) == 0 {
			label = power(e, false)
		}
		ticks = append(ticks, plot.Tick{Value: e, Label: label})
	}
	s := span{min: d.lo - 0.04*(d.hi-d.lo), max: d.hi + 0.04*(d.hi-d.lo)}
	if len(d.equalX) > 0 {
		s.min = d.equalY() - 0.05*(d.hi-d.lo)
		ticks = append(ticks, plot.Tick{Value: d.equalY(), Label: "equal"})
	}
	if len(d.nonFinite) > 0 {
		s.max = d.nonFiniteY() + 0.05*(d.hi-d.lo)
		ticks = append(ticks, plot.Tick{Value: d.nonFiniteY(), Label: "not finite"})
	}
	s.scale = ticks
	return s
}

func (d divergence) radius() vg.Length { return max(thinned(d.count(), 2.4), 1.1) }

func (d divergence) count() int {
	return len(d.equalX) + len(d.nonFinite) + len(d.noise.xs) + len(d.over.xs)
}

func (d divergence) noiseStyle() draw.GlyphStyle {
	return draw.GlyphStyle{Color: Category(0), Radius: d.radius(), Shape: draw.CircleGlyph{}}
}

func (d divergence) overStyle() draw.GlyphStyle {
	return draw.GlyphStyle{Color: Category(1), Radius: 1.15 * d.radius(), Shape: draw.PyramidGlyph{}}
}

func (d divergence) equalStyle() draw.GlyphStyle {
	return draw.GlyphStyle{Color: noteColor(), Radius: d.radius(), Shape: draw.RingGlyph{}}
}

func (d divergence) toleranceLine() level {
	return level{y: d.tolerance, style: stroke(inkColor(), thinLine, 5, 2.5)}
}

// keys explains only what occurs.
func (d divergence) keys() []key {
	keys := []key{{text: "tolerance", samples: []plot.Thumbnailer{swatch{noiseBand()}, d.toleranceLine()}}}
	if len(d.noise.xs) > 0 {
		keys = append(keys, pointKey("noise", d.noiseStyle()))
	}
	if len(d.over.xs) > 0 {
		keys = append(keys, pointKey("above the tolerance", d.overStyle()))
	}
	if len(d.equalX) > 0 {
		keys = append(keys, pointKey("bit-equal", d.equalStyle()))
	}
	if len(d.nonFinite) > 0 {
		keys = append(keys, key{text: "not finite, or of another shape", samples: []plot.Thumbnailer{crosses{}}, small: true})
	}
	return keys
}

// pointKey shows a glyph at a size that can be told from others, however small it is in the panel.
func pointKey(text string, style draw.GlyphStyle) key {
	style.Radius = 2.6
	return key{text: text, samples: []plot.Thumbnailer{&plotter.Scatter{GlyphStyle: style}}, small: true}
}

// plotters are drawn from back to front.
func (d divergence) plotters(e OpErrors) []plot.Plotter {
	s, top := d.span(), d.nonFiniteY()
	ps := []plot.Plotter{
		shade{from: s.min, to: d.tolerance},
		gridLines(),
		separators(e.groups()),
		d.toleranceLine(),
	}
	if d.first >= 0 {
		ps = append(ps, rules{{x: float64(d.first), label: shorten(e.Ops[d.first].Op, 60), style: stroke(Category(1), thinLine)}})
	}
	return append(ps,
		dots(d.equalX, slices.Repeat([]float64{d.equalY()}, len(d.equalX)), d.equalStyle()),
		dots(d.noise.xs, d.noise.ys, d.noiseStyle()),
		dots(d.over.xs, d.over.ys, d.overStyle()),
		crosses{xs: d.nonFinite, y: &top},
	)
}
