package plotting

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// OpErrors shows how far each op of a run is from a reference, in execution order: where the error enters, and what
// becomes of it. What is within the tolerance is shaded as noise; the first op above it is marked and named.
// Ops with the same bits stand on a line of their own at the bottom, those that are not finite on one at the top.
type OpErrors struct {
	Title     string
	Subtitle  string
	Ops       []OpError // in execution order
	Tolerance float64   // NMSE up to which a difference is noise
}

// An OpError is the difference of one op's output from the reference.
type OpError struct {
	Op    string  // as GGUF names it: "blk.0.attn_q"
	NMSE  float64 // Σ(got-ref)²/Σref²; NaN or infinite where the values are not finite, or the shape is another
	Equal bool    // every bit is the same
}

// over reports whether the op departs from the reference.
func (o OpError) over(tolerance float64) bool { return !o.Equal && !(o.NMSE <= tolerance) }

// layer returns the group that the op is drawn in: "3" for "blk.3.attn_q" and for llama.cpp's "norm-3#2", "" for what
// is in no layer.
func (o OpError) layer() string {
	if rest, ok := strings.CutPrefix(o.Op, "blk."); ok {
		layer, _, _ := strings.Cut(rest, ".")
		return layer
	}
	name, _, _ := strings.Cut(o.Op, "#")
	layer := name[strings.LastIndex(name, "-")+1:]
	if _, err := strconv.ParseUint(layer, 10, 32); err != nil || layer == name {
		return ""
	}
	return layer
}

// Draw returns the figure. Its error is a [*DataError], where there is no op or the tolerance is no number.
func (e OpErrors) Draw() (*Figure, error) {
	if len(e.Ops) == 0 {
		return nil, &DataError{Plot: "OpErrors", Field: "Ops", Seen: "no element", Want: "one or more"}
	}
	if !(e.Tolerance >= 0) || !finite(e.Tolerance) {
		return nil, &DataError{Plot: "OpErrors", Field: "Tolerance", Seen: fmt.Sprint(e.Tolerance), Want: "an NMSE of 0 or more"}
	}
	f := &Figure{Title: e.Title, Subtitle: e.Subtitle, Width: 16, Height: 9.5}
	if len(e.Ops) <= mostNamedOps {
		f.Height = 11.5
	}
	d := e.divergence()
	f.Caption = e.caption(d)
	f.keys = d.keys()
	f.body = func(c draw.Canvas) {
		p := newPanel(e.opSpan(), d.span(), e.opLabel())
		if len(e.Ops) <= mostNamedOps {
			p.X.Tick.Label.Rotation = quarterTurn
			p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YCenter
		}
		p.Add(d.plotters(e)...)
		drawPanels(c, panel{p, "NMSE"})
	}
	return f, nil
}

func (e OpErrors) caption(d divergence) string {
	n := len(d.equalX) + len(d.noise.xs) + len(d.over.xs) + len(d.nonFinite)
	s := fmt.Sprintf("%d ops: %d bit-equal, %d within the tolerance of %s, %d above it", n,
		len(d.equalX), len(d.noise.xs), number(e.Tolerance), len(d.over.xs)+len(d.nonFinite))
	if d.first >= 0 {
		s += fmt.Sprintf(". First above: %s, NMSE %s", e.Ops[d.first].Op, number(e.Ops[d.first].NMSE))
	}
	return s + "."
}

// mostNamedOps have room for their names on the axis; of more, the layers are named.
const mostNamedOps = 36

func (e OpErrors) opLabel() string {
	if len(e.Ops) <= mostNamedOps {
		return ""
	}
	return "op in execution order, by layer"
}

// opSpan is the axis of ops.
func (e OpErrors) opSpan() span {
	n := len(e.Ops)
	pad := max(0.7, 0.01*float64(n))
	s := span{min: -pad, max: float64(n-1) + pad}
	if n <= mostNamedOps {
		var ticks places
		for i, op := range e.Ops {
			ticks = append(ticks, plot.Tick{Value: float64(i), Label: shorten(op.Op, 26) + " "})
		}
		s.scale = ticks
		return s
	}
	s.scale = layerTicks(e.groups(), float64(n))
	return s
}

// group is a run of ops of one layer: [first, end).
type group struct {
	layer      string
	first, end int
}

func (e OpErrors) groups() []group {
	var groups []group
	for i, op := range e.Ops {
		if n := len(groups); n == 0 || groups[n-1].layer != op.layer() {
			groups = append(groups, group{layer: op.layer(), first: i})
		}
		groups[len(groups)-1].end = i + 1
	}
	return groups
}

// layerTicks puts the number of a layer under the middle of its ops, of every n-th layer where there are many.
func layerTicks(groups []group, ops float64) places {
	const narrowest = 0.035 // of the axis
	var ticks places
	last := math.Inf(-1)
	for _, g := range groups {
		middle := float64(g.first+g.end-1) / 2
		if g.layer == "" || middle-last < narrowest*ops {
			continue
		}
		last = middle
		ticks = append(ticks, plot.Tick{Value: middle, Label: shorten(g.layer, 6)})
	}
	return ticks
}

// separators are light lines between layers, as long as they stand apart.
type separators []group

func (s separators) Plot(c draw.Canvas, p *plot.Plot) {
	const narrowest = 5
	last := vg.Length(math.Inf(-1))
	for _, g := range s[1:] {
		x := c.X(p.X.Norm(float64(g.first) - 0.5))
		if x-last < narrowest {
			continue
		}
		last = x
		c.StrokeLine2(stroke(gridColor(), thinLine), x, c.Min.Y, x, c.Max.Y)
	}
}
