package plotting

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bars are the filled bins of a single sample; weights outside of the window are bars a bin away from it.
type bars struct {
	window
	counts
	fill, outlying color.Color
}

func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	for i, n := range b.bins {
		fill := b.fill
		if b.outliers[i] {
			fill = b.outlying
		}
		b.bar(c, p, i, n, fill)
	}
	b.bar(c, p, -2, b.below, b.outlying)
	b.bar(c, p, len(b.bins)+1, b.above, b.outlying)
}

// bar draws bin i, which may lie outside of the window. The gap between bars is part of the bin: a seam between
// adjoining polygons would show as a hairline in some viewers and not in others.
func (b bars) bar(c draw.Canvas, p *plot.Plot, i int, n uint64, fill color.Color) {
	if n == 0 {
		return
	}
	lo, hi := b.edges(i)
	x, y := p.Transforms(&c)
	left, right := x(lo), x(hi)
	gap := min(0.12*(right-left), 0.5)
	c.FillPolygon(fill, []vg.Point{
		{X: left + gap, Y: c.Min.Y}, {X: right - gap, Y: c.Min.Y},
		{X: right - gap, Y: y(float64(n))}, {X: left + gap, Y: y(float64(n))},
	})
}

// outline is the upper edge of the bins of one of several samples.
type outline struct {
	window
	counts
	style draw.LineStyle
}

func (o outline) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var skyline []vg.Point // of bins without a gap between them
	for i, n := range o.bins {
		lo, hi := o.edges(i)
		if n > 0 {
			if len(skyline) == 0 {
				skyline = append(skyline, vg.Point{X: x(lo), Y: c.Min.Y})
			}
			top := y(float64(n))
			skyline = append(skyline, vg.Point{X: x(lo), Y: top}, vg.Point{X: x(hi), Y: top})
		}
		if len(skyline) > 0 && (i == len(o.bins)-1 || o.bins[i+1] == 0) {
			c.StrokeLines(o.style, append(skyline, vg.Point{X: x(hi), Y: c.Min.Y}))
			skyline = nil
		}
	}
}

func (o outline) Thumbnail(c *draw.Canvas) {
	c.StrokeLine2(o.style, c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
}

// seriesStroke tells series apart by colour and, for greyscale, by dashes.
func seriesStroke(i int) draw.LineStyle {
	dashes := [][]vg.Length{nil, {6, 2}, {2, 2}, {8, 2, 2, 2}}
	return stroke(Category(i), dataLine, dashes[i%len(dashes)]...)
}
