package plotting

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// namedPoint is a point with a name, and with an area that says how much it counts.
type namedPoint struct {
	name        string
	x, y, share float64
}

// pointGroup is the points of one colour.
type pointGroup struct {
	name   string
	points []namedPoint
}

// bubbles are groups of named points. A name stands beside its point where there is room: those of large points first.
type bubbles []pointGroup

// add puts a point into the group of that name, which may be new.
func (bs *bubbles) add(group string, p namedPoint) {
	i := slices.IndexFunc(*bs, func(g pointGroup) bool { return g.name == group })
	if i < 0 {
		i = len(*bs)
		*bs = append(*bs, pointGroup{name: group})
	}
	(*bs)[i].points = append((*bs)[i].points, p)
}

// keys are one for each group.
func (bs bubbles) keys() (list []key) {
	for i, g := range bs {
		list = append(list, pointKey(g.name, groupGlyph(i)))
	}
	return list
}

func groupGlyph(i int) draw.GlyphStyle {
	shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.PyramidGlyph{}, draw.BoxGlyph{}}
	return draw.GlyphStyle{Color: Category(i), Shape: shapes[i%len(shapes)]}
}

const (
	smallestBubble vg.Length = 1.8
	largestBubble  vg.Length = 8
)

// bubbleRadius makes the area grow with the share.
func bubbleRadius(share float64) vg.Length {
	if !(share > 0) {
		return smallestBubble
	}
	return max(smallestBubble, largestBubble*vg.Length(math.Sqrt(min(share, 1))))
}

// bubble is a point on the canvas.
type bubble struct {
	name  string
	at    vg.Point
	style draw.GlyphStyle
}

func (b bubble) box() vg.Rectangle {
	r := vg.Point{X: b.style.Radius, Y: b.style.Radius}
	return vg.Rectangle{Min: b.at.Sub(r), Max: b.at.Add(r)}
}

func (bs bubbles) Plot(c draw.Canvas, p *plot.Plot) {
	list := bs.place(c, p)
	for _, b := range list { // large ones first, so that they hide none
		c.DrawGlyph(b.style, b.at)
	}
	var taken []vg.Rectangle
	for _, b := range list {
		taken = append(taken, b.box())
	}
	for _, b := range list {
		if box, ok := b.label(c, taken); ok {
			fillBox(&draw.Canvas{Canvas: c.Canvas, Rectangle: box}, color.White) // over a line it would be hard to read
			c.FillText(b.labelStyle(), box.Min, b.name)
			taken = append(taken, box)
		}
	}
}

func (bs bubbles) place(c draw.Canvas, p *plot.Plot) (list []bubble) {
	x, y := p.Transforms(&c)
	for i, g := range bs {
		for _, point := range g.points {
			style := groupGlyph(i)
			style.Radius = bubbleRadius(point.share)
			list = append(list, bubble{shorten(point.name, 24), vg.Point{X: x(point.x), Y: y(point.y)}, style})
		}
	}
	slices.SortStableFunc(list, func(a, b bubble) int { return -cmp.Compare(a.style.Radius, b.style.Radius) })
	return list
}

func (b bubble) labelStyle() draw.TextStyle { return styled(noteSize, inkColor()) }

// label looks for a free place for the name: to the right, to the left, above, below.
func (b bubble) label(c draw.Canvas, taken []vg.Rectangle) (box vg.Rectangle, ok bool) {
	const gap = 2
	width, height, r := b.labelStyle().Width(b.name), noteSize, b.style.Radius
	for _, corner := range []vg.Point{
		{X: r + gap, Y: -height / 2}, {X: -r - gap - width, Y: -height / 2},
		{X: -width / 2, Y: r + gap}, {X: -width / 2, Y: -r - gap - height},
	} {
		low := b.at.Add(corner)
		box = vg.Rectangle{Min: low, Max: low.Add(vg.Point{X: width, Y: height})}
		if inside(box, c.Rectangle) && !slices.ContainsFunc(taken, func(o vg.Rectangle) bool { return meet(box, o) }) {
			return box, true
		}
	}
	return box, false
}

func inside(box, canvas vg.Rectangle) bool {
	return box.Min.X >= canvas.Min.X && box.Min.Y >= canvas.Min.Y && box.Max.X <= canvas.Max.X && box.Max.Y <= canvas.Max.Y
}

func meet(a, b vg.Rectangle) bool {
	return a.Min.X < b.Max.X && b.Min.X < a.Max.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y
}
