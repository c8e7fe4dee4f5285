package plotting

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// Costs shows what a token costs as there are more of them: a panel for each phase, all above the same tokens. A flat line
// is a cost that grows in proportion.
type Costs struct {
	Title    string
	Subtitle string
	Phases   []CostPhase
}

// A CostPhase is one panel.
type CostPhase struct {
	Name   string // "prefill"
	Points []CostPoint
}

// A CostPoint is the time that a token takes where there are so many, and two parts of it, in seconds. What is not above 0
// has no place on an axis of decades, and is left out.
type CostPoint struct {
	Tokens                       int
	Seconds, Products, Attention float64
}

// Draw returns the figure. Its error is a [*DataError], where there is no phase or one has no point.
func (s Costs) Draw() (*Figure, error) {
	if len(s.Phases) == 0 {
		return nil, &DataError{Plot: "Costs", Field: "Phases", Seen: "no element", Want: "one or more"}
	}
	var tokens extent
	for i, p := range s.Phases {
		if len(p.Points) == 0 {
			return nil, &DataError{Plot: "Costs", Field: fmt.Sprintf("Phases[%d].Points", i), Seen: "no element", Want: "one or more"}
		}
		for _, point := range p.Points {
			tokens.add(float64(point.Tokens))
		}
	}
	f := &Figure{Title: s.Title, Subtitle: s.Subtitle, Width: 16, Height: 2 + 5*float64(min(len(s.Phases), 4))}
	for _, part := range costParts() {
		f.keys = append(f.keys, part.line(nil).key(part.name))
	}
	x := tokens.logSpan(8)
	f.body = func(c draw.Canvas) {
		var panels []panel
		for i, p := range s.Phases {
			axis, label := withoutLabels(x), ""
			if i == len(s.Phases)-1 {
				axis, label = x, "tokens"
			}
			panels = append(panels, panel{p.plot(axis, label), p.Name + ", ms per token"})
		}
		drawPanels(c, panels...)
	}
	return f, nil
}

// costPart is one of the lines of a panel.
type costPart struct {
	name  string
	of    func(CostPoint) float64
	style draw.LineStyle
	shape draw.GlyphDrawer
}

func costParts() []costPart {
	return []costPart{
		{"whole pass", func(p CostPoint) float64 { return p.Seconds }, stroke(inkColor(), dataLine), draw.CircleGlyph{}},
		{"products with weights", func(p CostPoint) float64 { return p.Products }, stroke(Category(0), dataLine), draw.BoxGlyph{}},
		{"attention", func(p CostPoint) float64 { return p.Attention }, stroke(Category(1), dataLine), draw.PyramidGlyph{}},
	}
}

func (part costPart) line(points []CostPoint) series {
	line := series{style: part.style, shape: part.shape, radius: 2.2}
	for _, p := range points {
		if p.Tokens > 0 {
			line.xs = append(line.xs, float64(p.Tokens))
			line.ys = append(line.ys, 1000*positive(part.of(p)))
		}
	}
	return line
}

func (p CostPhase) plot(x span, label string) *plot.Plot {
	var ys extent
	var lines []plot.Plotter
	for _, part := range costParts() {
		line := part.line(p.Points)
		ys.add(line.ys...)
		lines = append(lines, line.plotters()...)
	}
	panel := newPanel(x, ys.logSpan(5), label)
	panel.Add(gridLines())
	panel.Add(lines...)
	return panel
}
