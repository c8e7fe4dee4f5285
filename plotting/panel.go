package plotting

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is a plot with the name of its y axis. gonum would place the name by the arithmetic middle of the axis, which
// is far from the middle of a logarithmic one.
type panel struct {
	*plot.Plot
	yLabel string
}

// nameSpace is kept free to the left of the y axis for its name.
const nameSpace = labelSize + 7

// drawPanels draws panels below each other so that their data areas line up.
func drawPanels(c draw.Canvas, panels ...panel) {
	rows := make([][]*plot.Plot, len(panels))
	for i, p := range panels {
		rows[i] = []*plot.Plot{p.Plot}
	}
	tiles := draw.Tiles{Rows: len(panels), Cols: 1, PadY: 8}
	for i, p := range panels {
		if !hasRoom(p.Plot, tiles.At(draw.Crop(c, nameSpace, 0, 0, 0), 0, i)) {
			drawTooSmall(c)
			return
		}
	}
	for i, row := range plot.Align(rows, tiles, draw.Crop(c, nameSpace, 0, 0, 0)) {
		panels[i].Draw(row[0])
		data := panels[i].DataCanvas(row[0])
		drawName(c, panels[i].yLabel, data.Center().Y)
	}
}

// hasRoom reports whether anything is left of the canvas once axes and labels are drawn. gonum's layout divides by
// what is left.
func hasRoom(p *plot.Plot, c draw.Canvas) bool {
	const least, slop = 12, 1
	data := p.DataCanvas(c)
	size := data.Size()
	return size.X >= least && size.Y >= least &&
		data.Min.X >= c.Min.X-slop && data.Min.Y >= c.Min.Y-slop &&
		data.Max.X <= c.Max.X+slop && data.Max.Y <= c.Max.Y+slop
}

func drawTooSmall(c draw.Canvas) {
	note("too small to be drawn").Plot(c, nil)
}

// drawName writes the name of a y axis upwards along the left edge.
func drawName(c draw.Canvas, name string, y vg.Length) {
	style := styled(labelSize, inkColor())
	style.Rotation = quarterTurn
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	c.FillText(style, vg.Point{X: c.Min.X - 2, Y: y}, name)
}
