package plotting

import (
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	margin   vg.Length = 7
	keyWidth vg.Length = 20 // of a sample in the legend
	keyGap   vg.Length = 4  // between a sample and its text
	keySpace vg.Length = 14 // between two entries

	mostCaption = 1500 // runes
	mostLines   = 8    // of a caption
)

// key is an entry of the legend: samples drawn over each other, and what they stand for.
type key struct {
	text    string
	samples []plot.Thumbnailer
	small   bool // the sample is a point
}

func (k key) width() vg.Length {
	if k.small {
		return keyWidth / 2
	}
	return keyWidth
}

// draw lays out the texts around the panels: title, subtitle and legend above, the caption below. The legend stands
// outside of the data, so that it covers none.
func (f *Figure) draw(c draw.Canvas) {
	c = draw.Crop(c, margin, -margin, margin, -margin)
	c = f.drawHeader(c)
	c = f.drawLegend(c)
	c = f.drawCaption(c)
	if f.body != nil {
		f.body(c)
	}
}

// drawHeader draws title and subtitle and returns the canvas below them.
func (f *Figure) drawHeader(c draw.Canvas) draw.Canvas {
	title, subtitle := styled(titleSize, inkColor()), styled(noteSize, noteColor())
	title.Font.Weight = font.WeightBold
	if f.Title != "" {
		c = drawLine(c, title, f.Title)
	}
	if f.Subtitle != "" {
		c = drawLine(c, subtitle, f.Subtitle)
	}
	return draw.Crop(c, 0, 0, 0, -3)
}

// drawLine draws one line of text along the top and returns the canvas below it.
func drawLine(c draw.Canvas, style draw.TextStyle, s string) draw.Canvas {
	s = fit(style, s, c.Max.X-c.Min.X)
	style.YAlign = draw.YTop
	c.FillText(style, vg.Point{X: c.Min.X, Y: c.Max.Y}, s)
	return draw.Crop(c, 0, 0, 0, -1.3*style.Font.Size)
}

// drawLegend draws the keys in rows from left to right and returns the canvas below them.
func (f *Figure) drawLegend(c draw.Canvas) draw.Canvas {
	if len(f.keys) == 0 {
		return c
	}
	style := styled(noteSize, inkColor())
	style.YAlign = draw.YCenter
	row := 1.5 * style.Font.Size
	x, y := c.Min.X, c.Max.Y-row/2
	for _, k := range f.keys {
		label := fit(style, k.text, c.Max.X-c.Min.X-keyWidth-keyGap)
		width := k.width() + keyGap + style.Width(label)
		if x > c.Min.X && x+width > c.Max.X {
			x, y = c.Min.X, y-row
		}
		k.draw(c, vg.Point{X: x, Y: y}, style, label)
		x += width + keySpace
	}
	return draw.Crop(c, 0, 0, 0, y-row/2-4-c.Max.Y)
}

// draw draws the key with its middle left at pt.
func (k key) draw(c draw.Canvas, pt vg.Point, style draw.TextStyle, label string) {
	half := style.Font.Size / 2
	box := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: pt.X, Y: pt.Y - half + 1},
		Max: vg.Point{X: pt.X + k.width(), Y: pt.Y + half - 1},
	}}
	for _, sample := range k.samples {
		sample.Thumbnail(&box)
	}
	c.FillText(style, vg.Point{X: pt.X + k.width() + keyGap, Y: pt.Y + 1}, label)
}

// drawCaption draws the wrapped caption along the bottom and returns the canvas above it.
func (f *Figure) drawCaption(c draw.Canvas) draw.Canvas {
	if f.Caption == "" {
		return c
	}
	style := styled(noteSize, noteColor())
	var lines []string
	for paragraph := range strings.SplitSeq(shorten(f.Caption, mostCaption), "\n") {
		lines = append(lines, wrap(style, paragraph, c.Max.X-c.Min.X)...)
	}
	lines = lines[:min(len(lines), mostLines)]
	row := 1.3 * style.Font.Size
	for i, line := range lines {
		c.FillText(style, vg.Point{X: c.Min.X, Y: c.Min.Y + row*vg.Length(len(lines)-1-i)}, line)
	}
	return draw.Crop(c, 0, 0, row*vg.Length(len(lines))+5, 0)
}
