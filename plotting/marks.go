package plotting

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// area is filled between two curves, wherever both are finite.
type area struct {
	xs, lo, hi []float64
	fill       color.Color
}

func (a area) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i := 0; i < len(a.xs); i++ {
		start := i
		for i < len(a.xs) && finite(a.lo[i]) && finite(a.hi[i]) {
			i++
		}
		var outline []vg.Point
		for j := start; j < i; j++ {
			outline = append(outline, vg.Point{X: x(a.xs[j]), Y: y(a.hi[j])})
		}
		for j := i - 1; j >= start; j-- {
			outline = append(outline, vg.Point{X: x(a.xs[j]), Y: y(a.lo[j])})
		}
		c.FillPolygon(a.fill, c.ClipPolygonXY(outline))
	}
}

func (a area) Thumbnail(c *draw.Canvas) { fillBox(c, a.fill) }

// fillBox fills a canvas, as the sample of an area in the legend.
func fillBox(c *draw.Canvas, fill color.Color) {
	c.FillPolygon(fill, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
}

// swatch is the sample of a colour in the legend.
type swatch struct{ fill color.Color }

func (s swatch) Thumbnail(c *draw.Canvas) { fillBox(c, s.fill) }

// rule is a vertical line across the panel, named above it.
type rule struct {
	x     float64
	label string
	style draw.LineStyle
}

// rules are drawn together, so that a name yields where an earlier one stands.
type rules []rule

func (rs rules) Plot(c draw.Canvas, p *plot.Plot) {
	var taken []vg.Rectangle
	for _, r := range rs {
		at := p.X.Norm(r.x)
		if !(at >= 0 && at <= 1) {
			continue
		}
		c.StrokeLine2(r.style, c.X(at), c.Min.Y, c.X(at), c.Max.Y)
		if box := r.labelBox(c, c.X(at)); r.label != "" && !overlaps(box, taken) {
			c.FillText(r.labelStyle(), box.Min, r.label)
			taken = append(taken, box)
		}
	}
}

func (r rule) Thumbnail(c *draw.Canvas) {
	c.StrokeLine2(r.style, c.Center().X, c.Min.Y-1, c.Center().X, c.Max.Y+1)
}

func (r rule) labelStyle() draw.TextStyle { return styled(noteSize, inkColor()) }

// labelBox is where the name goes: centred above x, but inside of the panel's width.
func (r rule) labelBox(c draw.Canvas, x vg.Length) vg.Rectangle {
	width := r.labelStyle().Width(r.label)
	left := max(min(x-width/2, c.Max.X-width), c.Min.X)
	return vg.Rectangle{
		Min: vg.Point{X: left, Y: c.Max.Y + 3},
		Max: vg.Point{X: left + width, Y: c.Max.Y + 3 + noteSize},
	}
}

func overlaps(box vg.Rectangle, others []vg.Rectangle) bool {
	const apart = 4
	for _, o := range others {
		if box.Min.X < o.Max.X+apart && o.Min.X < box.Max.X+apart {
			return true
		}
	}
	return false
}

// GlyphBoxes keeps room for the names above the panel.
func (rs rules) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{{Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: 1.3 * noteSize}}}}
}

// drawFrame draws the border of a canvas.
func drawFrame(c draw.Canvas) {
	c.StrokeLines(stroke(inkColor(), hairline), []vg.Point{
		c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}, c.Min,
	})
}

// level is a horizontal line across the panel.
type level struct {
	y     float64
	style draw.LineStyle
}

func (l level) Plot(c draw.Canvas, p *plot.Plot) {
	at := p.Y.Norm(l.y)
	if at < 0 || at > 1 {
		return
	}
	c.StrokeLine2(l.style, c.Min.X, c.Y(at), c.Max.X, c.Y(at))
}

func (l level) Thumbnail(c *draw.Canvas) {
	c.StrokeLine2(l.style, c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
}

// shade fills the panel between two heights.
type shade struct{ from, to float64 }

func noiseBand() color.RGBA { return rgb(0xe3f1ec) }

func (s shade) Plot(c draw.Canvas, p *plot.Plot) {
	clamp := func(v float64) vg.Length { return c.Y(min(max(p.Y.Norm(v), 0), 1)) }
	fillBox(&draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: c.Min.X, Y: clamp(s.from)},
		Max: vg.Point{X: c.Max.X, Y: clamp(s.to)},
	}}, noiseBand())
}

// crosses mark places where the values are no numbers: on the lower edge of the panel, or at a height.
type crosses struct {
	xs []float64
	y  *float64
}

func (m crosses) Plot(c draw.Canvas, p *plot.Plot) {
	y := c.Min.Y + crossRadius
	if m.y != nil {
		y = c.Y(p.Y.Norm(*m.y))
	}
	for _, x := range m.xs {
		drawCross(&c, vg.Point{X: c.X(p.X.Norm(x)), Y: y})
	}
}

func (crosses) Thumbnail(c *draw.Canvas) { drawCross(c, c.Center()) }

const crossRadius vg.Length = 3

func drawCross(c *draw.Canvas, at vg.Point) {
	const r = crossRadius
	style := stroke(NonFinite(), 1.4)
	c.StrokeLine2(style, at.X-r, at.Y-r, at.X+r, at.Y+r)
	c.StrokeLine2(style, at.X-r, at.Y+r, at.X+r, at.Y-r)
}

// missing returns the places where any of the series is not finite.
func missing(xs []float64, series ...[]float64) crosses {
	var at crosses
	for i, x := range xs {
		for _, ys := range series {
			if !finite(ys[i]) {
				at.xs = append(at.xs, x)
				break
			}
		}
	}
	return at
}

// note is a sentence in the middle of a panel that has nothing else to show.
type note string

func (n note) Plot(c draw.Canvas, _ *plot.Plot) {
	style := styled(labelSize, noteColor())
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	c.FillText(style, c.Center(), fit(style, string(n), c.Max.X-c.Min.X))
}
