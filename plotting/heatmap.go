package plotting

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	longestToken           = 12 // runes of a label
	labelPitch   vg.Length = 10 // between labels of an axis
	barWidth     vg.Length = 10
	shortestBar  vg.Length = 85
	barGap       vg.Length = 12   // between the heatmap and its colour bar
	barSpace     vg.Length = 62   // for the bar, its ticks and its name
	pixelsPerPt            = 4    // of the image behind the cells
	mostPixels             = 2048 // of a side of it
)

// heatmap draws a grid with tokens along both sides and a colour bar.
type heatmap struct {
	grid          grid
	colors        colorBar
	queries, keys []string
	firstQuery    int // its position among the keys
}

func (h heatmap) draw(c draw.Canvas) {
	area := draw.Crop(c, 0, -barSpace, 0, 0)
	p := h.panel(area)
	if !hasRoom(p, area) {
		drawTooSmall(c)
		return
	}
	area = h.square(p, area)
	p.Draw(area)
	data := p.DataCanvas(area)
	h.colors.draw(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: data.Max.X + barGap, Y: min(data.Min.Y, data.Max.Y-shortestBar)},
		Max: vg.Point{X: data.Max.X + barGap + barWidth, Y: data.Max.Y},
	}})
}

// panel returns the plot of the cells, whose labels are thinned to what the canvas has room for.
func (h heatmap) panel(c draw.Canvas) *plot.Plot {
	size := c.Size()
	x := labelled(h.keys, 0, int((size.X-60)/labelPitch))
	y := labelled(h.queries, h.firstQuery, int((size.Y-70)/labelPitch))
	p := newPanel(
		span{min: -0.5, max: float64(len(h.keys)) - 0.5, scale: x},
		span{min: -0.5, max: float64(len(h.queries)) - 0.5, scale: upsideDown{y}},
		"key")
	p.Y.Label.Text = "query"
	p.Y.Label.Padding = 5
	p.X.Tick.Label.Rotation = quarterTurn
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YCenter
	p.X.Tick.Length, p.Y.Tick.Length = 2, 2
	p.Add(h)
	return p
}

// labelled names every n-th token with its position, so that n·pitch fits the axis and equal tokens are told apart.
func labelled(tokens []string, first, most int) places {
	step := int(niceStep(float64(len(tokens)) / float64(max(most, 1))))
	step = max(step, 1)
	var ticks places
	for i := 0; i < len(tokens); i += step {
		label := tokenLabel(tokens[i], longestToken) + "  " + strconv.Itoa(first+i) + " "
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: label})
	}
	return ticks
}

// upsideDown is an axis that runs downwards.
type upsideDown struct{ scale }

func (u upsideDown) Normalize(lo, hi, v float64) float64 { return 1 - u.scale.Normalize(lo, hi, v) }

// square crops the canvas so that cells are square, or as wide as a label where one side has few.
func (h heatmap) square(p *plot.Plot, c draw.Canvas) draw.Canvas {
	data := p.DataCanvas(c).Size()
	width, height := data.X/vg.Length(len(h.keys)), data.Y/vg.Length(len(h.queries))
	const largest = 30
	side := min(width, height, largest)
	width = min(width, max(side, labelPitch+4))
	height = min(height, max(side, labelPitch+4))
	return draw.Crop(c, 0, width*vg.Length(len(h.keys))-data.X, data.Y-height*vg.Length(len(h.queries)), 0)
}

// Plot draws the cells as one image, white lines between cells that are large enough, and a frame.
func (h heatmap) Plot(c draw.Canvas, _ *plot.Plot) {
	size := c.Size()
	width, height := size.X/vg.Length(h.grid.cols), size.Y/vg.Length(h.grid.rows)
	c.DrawImage(c.Rectangle, h.grid.image(pixels(width, h.grid.cols), pixels(height, h.grid.rows), h.colors.at))
	if min(width, height) >= 6 {
		h.drawSeams(c, width, height)
	}
	drawFrame(c)
}

// pixels returns how many pixels a side of a cell has, of n in a row.
func pixels(side vg.Length, n int) int {
	return max(1, min(int(math.Ceil(float64(side)*pixelsPerPt)), mostPixels/n))
}

func (h heatmap) drawSeams(c draw.Canvas, width, height vg.Length) {
	seam := stroke(color.White, hairline)
	for i := 1; i < h.grid.cols; i++ {
		x := c.Min.X + vg.Length(i)*width
		c.StrokeLine2(seam, x, c.Min.Y, x, c.Max.Y)
	}
	for i := 1; i < h.grid.rows; i++ {
		y := c.Min.Y + vg.Length(i)*height
		c.StrokeLine2(seam, c.Min.X, y, c.Max.X, y)
	}
	for i, cell := range h.grid.cells {
		if cell.filled && math.IsNaN(cell.value) {
			row, col := i/h.grid.cols, i%h.grid.cols
			drawNaN(c, vg.Point{
				X: c.Min.X + (vg.Length(col)+0.5)*width,
				Y: c.Max.Y - (vg.Length(row)+0.5)*height,
			})
		}
	}
}

// drawNaN crosses out a cell, since its colour alone is some grey in print.
func drawNaN(c draw.Canvas, at vg.Point) {
	const r = 2.5
	style := stroke(inkColor(), thinLine)
	c.StrokeLine2(style, at.X-r, at.Y-r, at.X+r, at.Y+r)
	c.StrokeLine2(style, at.X-r, at.Y+r, at.X+r, at.Y-r)
}
