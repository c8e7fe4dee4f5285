package trace

import (
	"fmt"
	"math"
)

// DefaultTolerance is the NMSE up to which a difference counts as noise: two decades above what float32 arithmetic
// in another order was measured to give over whole passes.
const DefaultTolerance = 1e-10

// Verdict is the outcome of a comparison.
type Verdict string

const (
	Equal   Verdict = "equal"   // the same bits everywhere
	Noise   Verdict = "noise"   // no op differs by more than the tolerance
	Differs Verdict = "differs" // some op does, or is not finite, or has another shape
)

// Comparison is what [Compare] found: the verdict first.
type Comparison struct {
	Verdict  Verdict
	Tol      float64
	First    *OpDiff  // the first op, in the reference's order, that differs; nil for none
	Ops      []OpDiff // in the reference's order
	Missing  []string // keys of the reference that the other trace lacks
	Warnings []string // conditions of the two runs that make the comparison doubtful
}

// OpDiff compares one op. Non-finite numbers in one trace only make NMSE NaN.
type OpDiff struct {
	Op     string // Sonde's name, the reference's key where Sonde has no such op
	Ref    string // key in the reference
	NMSE   float64
	Cos    float64
	MaxAbs float64
	Note   string // what differs besides numbers: the shape
	Same   bool   // the same bits
}

// Over reports whether the op differs by more than tol.
func (d *OpDiff) Over(tol float64) bool { return !d.Same && !(d.NMSE <= tol) }

// Compare compares got with the reference, op by op in the reference's order. Ops are joined by name or by alias,
// whichever names each trace has; batches that were cut differently are joined by position.
// It is an error if the two have nothing in common.
func Compare(ref, got *Trace, tol float64) (*Comparison, error) {
	c := &Comparison{Verdict: Equal, Tol: tol, Warnings: doubts(ref, got)}
	j := newJoin(ref, got)
	for _, e := range ref.Entries {
		d, found, err := j.compare(e)
		if err != nil {
			return nil, err
		}
		if !found {
			c.Missing = append(c.Missing, e.Key)
			continue
		}
		c.add(d)
	}
	if len(c.Ops) == 0 {
		return nil, fmt.Errorf("compare %s with %s: they have no op in common (%d and %d tensors): are they traces of one model?",
			got.Name, ref.Name, len(got.Entries), len(ref.Entries))
	}
	return c, nil
}

func (c *Comparison) add(d OpDiff) {
	c.Ops = append(c.Ops, d)
	if d.Over(c.Tol) {
		if c.First == nil {
			c.First = &c.Ops[len(c.Ops)-1]
		}
		c.Verdict = Differs
	} else if !d.Same && c.Verdict == Equal {
		c.Verdict = Noise
	}
}

// doubts lists differences in what was run.
func doubts(ref, got *Trace) []string {
	var list []string
	a, b := ref.Tokens(), got.Tokens()
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return append(list, fmt.Sprintf("the tokens differ from position %d on (%d and %d): compare the tokenizers first", i, a[i], b[i]))
		}
	}
	if len(a) != len(b) && len(a) > 0 && len(b) > 0 {
		list = append(list, fmt.Sprintf("%s has %d tokens, %s has %d: only the common positions are compared", ref.Name, len(a), got.Name, len(b)))
	}
	return list
}

// metrics compares two rows of numbers at a time and sums up.
type metrics struct {
	diff2, ref2, got2, dot float64
	maxAbs                 float64
	same                   bool
}

func (m *metrics) add(ref, got []float32) {
	for i, r := range ref {
		g := got[i]
		if math.Float32bits(r) != math.Float32bits(g) {
			m.same = false
		}
		a, b := float64(r), float64(g)
		m.diff2 += (a - b) * (a - b)
		m.ref2 += a * a
		m.got2 += b * b
		m.dot += a * b
		if d := math.Abs(a - b); d > m.maxAbs || math.IsNaN(d) {
			m.maxAbs = d
		}
	}
}

// result fills the figures in. Of two equal tensors of zeros, or with the same non-finite numbers, the NMSE is 0.
func (m *metrics) result(d *OpDiff) {
	d.Same, d.MaxAbs = m.same, m.maxAbs
	d.NMSE, d.Cos = m.diff2/m.ref2, m.dot/math.Sqrt(m.ref2*m.got2)
	if m.same {
		d.NMSE, d.Cos, d.MaxAbs = 0, 1, 0
	} else if m.diff2 == 0 {
		d.NMSE, d.Cos = 0, 1 // zeros of different sign
	}
}

// Summary says the verdict in a line.
func (c *Comparison) Summary() string {
	worst := 0.0
	for i := range c.Ops {
		worst = max(worst, c.Ops[i].NMSE)
	}
	switch c.Verdict {
	case Equal:
		return fmt.Sprintf("equal: the same bits in all %d ops", len(c.Ops))
	case Noise:
		return fmt.Sprintf("noise: the largest NMSE of %d ops is %.2e, at most %.0e counts as noise", len(c.Ops), worst, c.Tol)
	}
	why := fmt.Sprintf("NMSE %.2e", c.First.NMSE)
	if c.First.Note != "" {
		why = c.First.Note
	}
	where := c.First.Op
	if c.First.Ref != where {
		where += fmt.Sprintf(" (%s in the reference)", c.First.Ref)
	}
	return fmt.Sprintf("differs: first at %s, %s", where, why)
}
