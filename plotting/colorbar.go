package plotting

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colorBar is the scale of a heatmap.
type colorBar struct {
	span
	colors Colormap
	label  string
}

// at returns the colour of a value.
func (b colorBar) at(v float64) color.RGBA {
	if math.IsNaN(v) {
		return NonFinite()
	}
	return b.shade(b.scale.Normalize(b.min, b.max, v))
}

// shades is how many colours a scale has: more are not told apart, and make a larger PNG.
const shades = 101

func (b colorBar) shade(t float64) color.RGBA {
	return b.colors(math.Round(t*(shades-1)) / (shades - 1))
}

// draw fills the canvas with the colours; ticks and label go to the right of it.
func (b colorBar) draw(c draw.Canvas) {
	ramp := newGrid(shades, 1)
	for i := range shades {
		ramp.add(i, 0, 1-float64(i)/(shades-1))
	}
	c.DrawImage(c.Rectangle, ramp.image(8, 8, b.shade))
	drawFrame(c)
	style := styled(tickSize, inkColor())
	style.YAlign = draw.YCenter
	widest := vg.Length(0)
	for _, tick := range b.scale.Ticks(b.min, b.max) {
		at := b.scale.Normalize(b.min, b.max, tick.Value)
		if tick.Label == "" || at < -1e-9 || at > 1+1e-9 {
			continue
		}
		c.StrokeLine2(stroke(inkColor(), hairline), c.Max.X, c.Y(at), c.Max.X+3, c.Y(at))
		c.FillText(style, vg.Point{X: c.Max.X + 5, Y: c.Y(at) + 1}, tick.Label)
		widest = max(widest, style.Width(tick.Label))
	}
	b.drawLabel(c, c.Max.X+5+widest+5)
}

// drawLabel writes the name of the scale upwards at x.
func (b colorBar) drawLabel(c draw.Canvas, x vg.Length) {
	style := styled(labelSize, inkColor())
	style.Rotation = quarterTurn
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	c.FillText(style, vg.Point{X: x, Y: c.Center().Y}, b.label)
}
