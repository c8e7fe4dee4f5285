package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// Scale says how a heatmap turns values into colours.
type Scale int

const (
	Linear     Scale = iota // from 0 to 1, or to the largest value
	Log                     // decades from 10⁻⁴ to 1; for patterns whose first token swallows the mass
	Difference              // of two patterns: diverging, white is 0, the ends are ± the largest magnitude
)

// logFloor is the lower end of a logarithmic scale; what is less is drawn as this.
const logFloor = 1e-4

// An AttentionPattern shows where the queries of one head look: query down, key across. Keys later than the query are
// left grey, unless they have weight after all, which a causal model must not give them.
// More than 512 tokens are pooled: a cell then shows the largest value of its square.
type AttentionPattern struct {
	Title    string
	Subtitle string
	Weights  []float32 // [queries, keys], after softmax
	Queries  []string  // [queries] tokens as text; they are the last of the keys
	Keys     []string  // [keys]
	Scale    Scale
	ToMax    bool // a linear scale ends at the largest value instead of at 1, which shows more and compares less
	Encoder  bool // nothing is masked
}

// Draw returns the figure. Its error is a [*DataError], where the fields do not fit each other.
func (a AttentionPattern) Draw() (*Figure, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	g := a.grid()
	f := &Figure{Title: a.Title, Subtitle: a.Subtitle, Caption: a.caption(g), Width: 15, Height: a.height()}
	if !a.Encoder && len(a.Queries) > 1 {
		f.keys = append(f.keys, key{text: "later than the query", samples: []plot.Thumbnailer{swatch{blankColor()}}})
	}
	if g.nonFinite > 0 {
		f.keys = append(f.keys, key{text: count(uint64(g.nonFinite)) + " NaN or infinite", samples: []plot.Thumbnailer{swatch{NonFinite()}}})
	}
	h := heatmap{
		grid: g, colors: a.colors(g), queries: a.Queries, keys: a.Keys,
		firstQuery: len(a.Keys) - len(a.Queries),
	}
	f.body = func(c draw.Canvas) { h.draw(c) }
	return f, nil
}

// height keeps the figure of a few queries low: the rest is for titles and labels.
func (a AttentionPattern) height() float64 {
	const texts, lowest, highest = 5.2, 7, 14
	cell := min(1, max(0.5, 9.5/float64(len(a.Keys))))
	return min(max(texts+cell*float64(len(a.Queries)), lowest), highest)
}

func (a AttentionPattern) check() error {
	bad := func(field, seen, want string) error {
		return &DataError{Plot: "AttentionPattern", Field: field, Seen: seen, Want: want}
	}
	queries, keys := len(a.Queries), len(a.Keys)
	switch {
	case queries == 0:
		return bad("Queries", "no token", "one or more")
	case !a.Encoder && keys < queries:
		return bad("Keys", fmt.Sprintf("%d tokens", keys), fmt.Sprintf("at least the %d of Queries, which are the last of them", queries))
	case len(a.Weights) != queries*keys || keys == 0:
		return bad("Weights", fmt.Sprintf("%d values", len(a.Weights)), fmt.Sprintf("%d = %d queries × %d keys", queries*keys, queries, keys))
	case a.Scale < Linear || a.Scale > Difference:
		return bad("Scale", fmt.Sprintf("the unknown value %d", a.Scale), "Linear, Log or Difference")
	}
	return nil
}

// grid pools the weights into cells and marks those that are masked.
func (a AttentionPattern) grid() grid {
	g := newGrid(len(a.Queries), len(a.Keys))
	ahead := len(a.Keys) - len(a.Queries)
	for q := range a.Queries {
		for k := range a.Keys {
			v := float64(a.Weights[q*len(a.Keys)+k])
			if v == 0 && !a.Encoder && k > q+ahead {
				continue
			}
			g.add(q, k, v)
		}
	}
	return g
}

// colors chooses the colour bar.
func (a AttentionPattern) colors(g grid) colorBar {
	switch a.Scale {
	case Log:
		s := span{min: logFloor, max: 1, scale: logarithmic{labels: 5}}
		return colorBar{span: s, colors: Viridis, label: "attention weight"}
	case Difference:
		reach := max(-g.lo, g.hi, math.SmallestNonzeroFloat32)
		s := span{min: -reach, max: reach, scale: linear{labels: 6}}
		return colorBar{span: s, colors: BlueWhiteRed, label: "difference of attention weights"}
	}
	s := span{min: 0, max: 1, scale: linear{labels: 5}}
	if a.ToMax && g.hi > 0 {
		s.max = g.hi
	}
	return colorBar{span: s, colors: Viridis, label: "attention weight"}
}

// caption gives the largest weight and, as a check that softmax was taken, how far the rows are from 1.
func (a AttentionPattern) caption(g grid) string {
	if !g.found() {
		return "No finite value."
	}
	var s string
	if a.Scale == Difference {
		s = fmt.Sprintf("Differences from %s to %s.", number(g.lo), number(g.hi))
	} else {
		s = fmt.Sprintf("Weights from %s to %s; each row sums to 1 within %s.", number(g.lo), number(g.hi), number(a.worstRow()))
	}
	if g.pool > 1 {
		s += fmt.Sprintf(" Each cell is the largest of %d × %d tokens.", g.pool, g.pool)
	}
	if a.Scale == Log && g.lo < logFloor {
		s += fmt.Sprintf(" What is less than %s is drawn as that.", number(logFloor))
	}
	if leaks := a.leaks(); leaks > 0 {
		s += fmt.Sprintf(" The causal mask is missing: %s of the keys later than their query have weight.", count(uint64(leaks)))
	}
	return s
}

// worstRow returns the largest distance of a finite row's sum from 1.
func (a AttentionPattern) worstRow() float64 {
	worst := 0.
	for q := range a.Queries {
		sum := 0.
		for _, w := range a.Weights[q*len(a.Keys) : (q+1)*len(a.Keys)] {
			sum += float64(w)
		}
		if finite(sum) {
			worst = max(worst, math.Abs(sum-1))
		}
	}
	return worst
}

// leaks counts the weights of masked keys.
func (a AttentionPattern) leaks() int {
	n := 0
	ahead := len(a.Keys) - len(a.Queries)
	for q := range a.Queries {
		for k := q + ahead + 1; k < len(a.Keys) && !a.Encoder; k++ {
			if a.Weights[q*len(a.Keys)+k] != 0 {
				n++
			}
		}
	}
	return n
}
