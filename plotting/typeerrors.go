package plotting

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// TypeErrors shows what block types cost and what they give: the bits of a weight against the error of the weights that
// they were rounded to. A line shows the least error that any code of so many bits has on average for independent normal
// weights (Shannon 1959: 4^-bits); weights that are not can do better.
type TypeErrors struct {
	Title    string
	Subtitle string
	Types    []TypeError
}

// A TypeError is the error of one block type. One of 0 is below any axis of decades, and named in the caption.
type TypeError struct {
	Type string  // "Q4_K"
	Bits float64 // per weight, scales included
	NMSE float64 // Σ(rounded−weight)²/Σweight²
}

func (t TypeError) hasPlace() bool {
	return t.Bits > 0 && t.NMSE > 0 && finite(t.Bits) && finite(t.NMSE)
}

// Draw returns the figure. Its error is a [*DataError], where there is no type.
func (e TypeErrors) Draw() (*Figure, error) {
	if len(e.Types) == 0 {
		return nil, &DataError{Plot: "TypeErrors", Field: "Types", Seen: "no element", Want: "one or more"}
	}
	points, left := e.points()
	f := &Figure{Title: e.Title, Subtitle: e.Subtitle, Width: 16, Height: 10}
	if len(left) > 0 {
		f.Caption = "Without an error that could be drawn: " + shorten(strings.Join(left, ", "), 200) + "."
	}
	bound := series{style: stroke(inkColor(), thinLine, 5, 2.5)}
	f.keys = append([]key{{text: "least for normal weights", samples: []plot.Thumbnailer{level{style: bound.style}}}}, points.keys()...)
	x, y := points.spans()
	bound.xs, bound.ys = shannon(x, y)
	f.body = func(c draw.Canvas) {
		p := newPanel(x, y, "bits per weight")
		p.Add(gridLines())
		p.Add(bound.plotters()...)
		p.Add(points)
		drawPanels(c, panel{p, "NMSE"})
	}
	return f, nil
}

// points are grouped by kind of type, in the order of bits. left are the names of those that have no place.
func (e TypeErrors) points() (points bubbles, left []string) {
	types := slices.Clone(e.Types)
	slices.SortStableFunc(types, func(a, b TypeError) int { return cmp.Compare(a.Bits, b.Bits) })
	for _, t := range types {
		if !t.hasPlace() {
			left = append(left, t.Type)
			continue
		}
		points.add(kindOfType(t.Type), namedPoint{t.Type, t.Bits, t.NMSE, 0.1})
	}
	return points, left
}

// kindOfType is what the names of ggml's types say of them.
func kindOfType(name string) string {
	switch {
	case strings.HasPrefix(name, "IQ"):
		return "codebook"
	case strings.HasSuffix(name, "_K"):
		return "blocks of blocks"
	}
	return "blocks"
}

func (bs bubbles) spans() (x, y span) {
	var xs, ys extent
	for _, g := range bs {
		for _, p := range g.points {
			xs.add(p.x)
			ys.add(p.y)
		}
	}
	xs.add(0)
	return xs.linearSpan(linear{labels: 9}), ys.logSpan(7)
}

// shannon is the line of 4^-bits, as far as it lies within the axes.
func shannon(x, y span) (xs, ys []float64) {
	from, to := max(x.min, -math.Log2(y.max)/2), min(x.max, -math.Log2(y.min)/2)
	if !(from < to) {
		return nil, nil
	}
	return []float64{from, to}, []float64{math.Exp2(-2 * from), math.Exp2(-2 * to)}
}
