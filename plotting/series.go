package plotting

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// series is a line with a glyph at each point.
type series struct {
	xs, ys []float64
	style  draw.LineStyle
	shape  draw.GlyphDrawer
	radius vg.Length
}

func (s series) plotters() []plot.Plotter {
	var ps []plot.Plotter
	for _, line := range curve(s.xs, s.ys, s.style) {
		ps = append(ps, line)
	}
	if r := s.lonelyRadius(); r > 0 {
		ps = append(ps, dots(s.xs, s.ys, s.glyph(r)))
	}
	return ps
}

// lonelyRadius keeps a single point visible, which a line alone would not show.
func (s series) lonelyRadius() vg.Length {
	if len(s.xs) == 1 {
		return 2.2
	}
	return s.radius
}

func (s series) glyph(radius vg.Length) draw.GlyphStyle {
	return draw.GlyphStyle{Color: s.style.Color, Shape: s.shape, Radius: radius}
}

func (s series) key(text string) key {
	line := &plotter.Line{LineStyle: s.style}
	dot := &plotter.Scatter{GlyphStyle: s.glyph(s.radius)}
	return key{text: text, samples: []plot.Thumbnailer{line, dot}}
}

// curve returns lines through the points, one for each stretch of finite values: a gap stays a gap.
func curve(xs, ys []float64, style draw.LineStyle) []*plotter.Line {
	var lines []*plotter.Line
	var open plotter.XYs
	flush := func() {
		if len(open) > 0 {
			lines = append(lines, &plotter.Line{XYs: open, LineStyle: style})
		}
		open = nil
	}
	for i, y := range ys {
		if finite(y) {
			open = append(open, plotter.XY{X: xs[i], Y: y})
		} else {
			flush()
		}
	}
	flush()
	return lines
}

// dots returns a glyph for each finite value.
func dots(xs, ys []float64, style draw.GlyphStyle) *plotter.Scatter {
	s := &plotter.Scatter{GlyphStyle: style}
	for i, y := range ys {
		if finite(y) {
			s.XYs = append(s.XYs, plotter.XY{X: xs[i], Y: y})
		}
	}
	return s
}

// thinned returns a radius for n points side by side, 0 where a line alone is clearer.
func thinned(n int, largest vg.Length) vg.Length {
	return vg.Length(math.Max(0, math.Min(float64(largest), 90/float64(n)*float64(largest)-0.4)))
}
