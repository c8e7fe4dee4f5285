package plotting

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// Roofline shows how near ops come to what the machine can do at most: no op is faster than memory can feed it, which is
// the slope, or than the processor can multiply, which is the flat roof (Williams, Waterman and Patterson 2009, "Roofline").
// A point above the slope had its data in a cache. The larger a point, the more of the time goes there.
type Roofline struct {
	Title    string
	Subtitle string
	ReadGBps float64 // the slope
	Roofs    []Roof  // one for each arithmetic, the highest first
	Points   []RooflinePoint
}

// A Roof is the ceiling of one arithmetic.
type Roof struct {
	Name  string  // "int8"
	GMACs float64 // 10^9 multiply-adds a second
}

// A RooflinePoint is what an op does. One without multiply-adds has no place in the picture, and is named in the caption.
type RooflinePoint struct {
	Name      string  // "ffn_gate"
	Group     string  // points of one group have one colour: "prefill"
	Intensity float64 // multiply-adds for each byte that is read or written
	GMACs     float64
	Share     float64 // of the time of its group, 0 … 1
}

// Draw returns the figure. Its error is a [*DataError], where a ceiling is no positive number or there is no point.
func (r Roofline) Draw() (*Figure, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	f := &Figure{Title: r.Title, Subtitle: r.Subtitle, Caption: r.caption(), Width: 16, Height: 11}
	points := r.bubbles()
	f.keys = []key{{text: "reading, " + rate(r.ReadGBps) + " GB/s", samples: []plot.Thumbnailer{level{style: r.slope().style}}}}
	for i, roof := range r.Roofs {
		f.keys = append(f.keys, key{text: roof.Name + ", " + rate(roof.GMACs) + " GMAC/s", samples: []plot.Thumbnailer{level{style: roofStyle(i)}}})
	}
	f.keys = append(f.keys, points.keys()...)
	f.body = func(c draw.Canvas) {
		x, y := r.spans()
		p := newPanel(x, y, "multiply-adds per byte")
		p.Add(gridLines())
		p.Add(r.roofs(x, y)...)
		p.Add(points)
		drawPanels(c, panel{p, "GMAC/s"})
	}
	return f, nil
}

// rate writes a ceiling with three digits, and without a power of ten where readers are used to none.
func rate(v float64) string {
	if v >= 1000 && v < 1e6 {
		return decimal(v, 0)
	}
	return number(v)
}

func (r Roofline) check() error {
	bad := func(field, seen, want string) error {
		return &DataError{Plot: "Roofline", Field: field, Seen: seen, Want: want}
	}
	const want = "a positive number"
	if !(r.ReadGBps > 0) || !finite(r.ReadGBps) {
		return bad("ReadGBps", fmt.Sprint(r.ReadGBps), want)
	}
	if len(r.Roofs) == 0 {
		return bad("Roofs", "no element", "one or more")
	}
	for i, roof := range r.Roofs {
		if !(roof.GMACs > 0) || !finite(roof.GMACs) {
			return bad(fmt.Sprintf("Roofs[%d].GMACs", i), fmt.Sprint(roof.GMACs), want)
		}
	}
	if len(r.Points) == 0 {
		return bad("Points", "no element", "one or more")
	}
	return nil
}

// hasPlace reports whether axes of decades hold the point.
func (p RooflinePoint) hasPlace() bool {
	return p.Intensity > 0 && p.GMACs > 0 && finite(p.Intensity) && finite(p.GMACs)
}

func (r Roofline) caption() string {
	var left []string
	for _, p := range r.Points {
		if name := p.Name; !p.hasPlace() && !slices.Contains(left, name) {
			left = append(left, name)
		}
	}
	s := "The area of a point is its share of the time."
	if len(left) > 0 {
		s += " Without multiply-adds, and so not drawn: " + shorten(strings.Join(left, ", "), 200) + "."
	}
	return s
}

func (r Roofline) bubbles() (list bubbles) {
	for _, p := range r.Points {
		if p.hasPlace() {
			list.add(p.Group, namedPoint{p.Name, p.Intensity, p.GMACs, p.Share})
		}
	}
	return list
}

// spans are the axes. They hold all points and, with some room, where the slope meets the roofs.
func (r Roofline) spans() (x, y span) {
	var xs, ys extent
	for _, roof := range r.Roofs {
		ridge := roof.GMACs / r.ReadGBps
		xs.add(ridge/8, ridge*8)
		ys.add(roof.GMACs, roof.GMACs*1.3)
	}
	for _, p := range r.Points {
		if p.hasPlace() {
			xs.add(p.Intensity)
			ys.add(p.GMACs)
		}
	}
	return xs.logSpan(8), ys.logSpan(6)
}

func roofStyle(i int) draw.LineStyle {
	if i == 0 {
		return stroke(inkColor(), dataLine)
	}
	return stroke(inkColor(), thinLine, 5, 2.5)
}

// slope goes from the left edge up to the highest roof.
func (r Roofline) slope() series {
	return series{style: stroke(Category(2), dataLine)}
}

// roofs are the lines that no op should cross, as far as they lie within the axes: gonum would make these longer.
func (r Roofline) roofs(x, y span) (list []plot.Plotter) {
	highest := 0.
	for i, roof := range r.Roofs {
		highest = max(highest, roof.GMACs)
		ridge := min(max(roof.GMACs/r.ReadGBps, x.min), x.max)
		if roof.GMACs >= y.min && roof.GMACs <= y.max {
			flat := series{xs: []float64{ridge, x.max}, ys: []float64{roof.GMACs, roof.GMACs}, style: roofStyle(i)}
			list = append(list, flat.plotters()...)
		}
	}
	slope := r.slope()
	start, end := max(x.min, y.min/r.ReadGBps), min(x.max, min(highest, y.max)/r.ReadGBps)
	if start < end {
		slope.xs, slope.ys = []float64{start, end}, []float64{start * r.ReadGBps, end * r.ReadGBps}
	}
	return append(list, slope.plotters()...)
}
