package plotting

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of the house style, made for 16 cm of notebook: text stays above 8 points.
const (
	titleSize vg.Length = 11
	labelSize vg.Length = 9
	tickSize  vg.Length = 8.5
	noteSize  vg.Length = 8.5

	hairline vg.Length = 0.5
	thinLine vg.Length = 0.8
	dataLine vg.Length = 1.4
)

func inkColor() color.RGBA   { return rgb(0x1a1a1a) }
func noteColor() color.RGBA  { return rgb(0x595959) } // 7:1 on white
func gridColor() color.RGBA  { return rgb(0xe4e4e4) }
func blankColor() color.RGBA { return rgb(0xf0f0f0) }

// scale places values on an axis and says where the ticks are.
type scale interface {
	plot.Normalizer
	plot.Ticker
}

// newPanel returns an empty plot in the house style: no title of its own, small outward ticks.
func newPanel(x, y span, xLabel string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.TextHandler = styled(tickSize, inkColor()).Handler
	dressAxis(&p.X, x, xLabel)
	dressAxis(&p.Y, y, "")
	p.X.Label.Padding = 2
	return p
}

// gridLines are light horizontal lines at the labelled ticks.
func gridLines() plot.Plotter {
	return &plotter.Grid{Horizontal: stroke(gridColor(), hairline)}
}

// span is the extent of an axis and how values are placed in it.
type span struct {
	min, max float64
	scale    scale
}

func dressAxis(a *plot.Axis, s span, label string) {
	a.Min, a.Max = s.min, s.max
	a.Scale, a.Tick.Marker = s.scale, s.scale
	a.LineStyle = stroke(inkColor(), hairline)
	a.Tick.LineStyle = a.LineStyle
	a.Tick.Length = 3
	a.Padding = 0
	a.Tick.Label = withAlignment(styled(tickSize, inkColor()), a.Tick.Label)
	a.Label.Text = label
	a.Label.TextStyle = withAlignment(styled(labelSize, inkColor()), a.Label.TextStyle)
}

func withAlignment(style, from text.Style) text.Style {
	style.XAlign, style.YAlign = from.XAlign, from.YAlign
	return style
}

func stroke(c color.Color, width vg.Length, dashes ...vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width, Dashes: dashes}
}
