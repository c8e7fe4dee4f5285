package trace

import (
	"fmt"
	"math"
	"slices"
)

var nan = math.NaN()

// join finds, for entries of the reference, the same values in the other trace.
type join struct {
	ref, got *Trace
	byOp     map[string][]*Entry // entries of got, one per batch, by the op that they are
	byAlias  map[string][]*Entry // those that no entry of ref has the name of, by their foreign names
	rows     map[int32]place     // where got has a position
}

// place is a row of a batch.
type place struct{ batch, row int }

func newJoin(ref, got *Trace) *join {
	j := &join{ref: ref, got: got, byOp: map[string][]*Entry{}, byAlias: map[string][]*Entry{}, rows: map[int32]place{}}
	named := map[string]bool{}
	for _, e := range ref.Entries {
		named[e.opName()] = true
	}
	for _, e := range got.Entries {
		j.byOp[e.opName()] = append(j.byOp[e.opName()], e)
		if named[e.opName()] {
			continue
		}
		for _, alias := range e.aliases() {
			j.byAlias[alias] = append(j.byAlias[alias], e)
		}
	}
	for i, b := range got.Batches {
		for row, pos := range b.Positions {
			j.rows[pos] = place{i, row}
		}
	}
	return j
}

// aliases lists the key and the foreign names of e's value, the batch left out.
func (e *Entry) aliases() []string {
	names := []string{e.Base()}
	for _, alias := range []string{e.Aliases.LlamaCpp, e.Aliases.HF, e.Aliases.TransformerLens} {
		if alias != "" && alias != names[0] {
			names = append(names, alias)
		}
	}
	return names
}

// compare compares an entry of the reference with its counterpart. found is false if there is none.
func (j *join) compare(e *Entry) (d OpDiff, found bool, err error) {
	counterparts := j.counterparts(e)
	if len(counterparts) == 0 {
		return d, false, nil
	}
	op := counterparts[0].opName()
	d = OpDiff{Op: op, Ref: e.Key}
	ref, err := asValue(e, op)
	if err != nil {
		return d, false, fmt.Errorf("%s: %w", j.ref.Name, err)
	}
	got, err := j.values(counterparts, op)
	if err != nil {
		return d, false, fmt.Errorf("%s: %w", j.got.Name, err)
	}
	found = j.compareValues(&d, e, ref, got)
	return d, found, nil
}

// counterparts returns the entries of got for the value that e is, one per batch.
func (j *join) counterparts(e *Entry) []*Entry {
	if found := j.byOp[e.opName()]; len(found) > 0 {
		return found
	}
	for _, alias := range e.aliases() {
		if found := j.byAlias[alias]; len(found) > 0 {
			return found
		}
	}
	return nil
}

func (j *join) values(entries []*Entry, op string) (map[int]*value, error) {
	values := map[int]*value{}
	for _, e := range entries {
		v, err := asValue(e, op)
		if err != nil {
			return nil, err
		}
		values[e.Batch()] = v
	}
	return values, nil
}

// compareValues compares the rows of the reference's batch with those of the same positions. It returns false where
// the other trace has none of them.
func (j *join) compareValues(d *OpDiff, e *Entry, ref *value, got map[int]*value) bool {
	m := metrics{same: true}
	found := false
	for row := range ref.tokens {
		other, otherRow := j.find(e.Batch(), row, ref, got)
		if other == nil {
			continue
		}
		found = true
		if !comparable(ref, other) {
			*d = OpDiff{Op: d.Op, Ref: d.Ref, NMSE: nan, Cos: nan, MaxAbs: nan,
				Note: fmt.Sprintf("shape: %s and %s", ref.shape(), other.shape())}
			return true
		}
		for head := range ref.heads {
			a, b := ref.row(head, row), other.row(head, otherRow)
			n := min(len(a), len(b)) // cells that were not cached yet in one of the runs
			m.add(a[:n], b[:n])
		}
	}
	m.result(d)
	return found
}

// find returns where the other trace has the row of the reference: at the same position.
func (j *join) find(batch, row int, ref *value, got map[int]*value) (*value, int) {
	if batch < len(j.ref.Batches) && row < len(j.ref.Batches[batch].Positions) {
		positions := j.ref.Batches[batch].Positions
		if ref.tokens != len(positions) { // rows that were cut to the last token's
			row += len(positions) - ref.tokens
		}
		if row < 0 { // more rows than tokens
			return nil, 0
		}
		at, ok := j.rows[positions[row]]
		if !ok {
			return nil, 0
		}
		return inBatch(got[at.batch], at.row, len(j.got.Batches[at.batch].Positions))
	}
	if v := got[batch]; v != nil && row < v.tokens { // a trace that does not say what was run
		return v, row
	}
	return nil, 0
}

// inBatch returns row of a batch of n tokens in v, which may hold the last rows only.
func inBatch(v *value, row, n int) (*value, int) {
	if v == nil || row-(n-v.tokens) < 0 {
		return nil, 0
	}
	return v, row - (n - v.tokens)
}

// comparable reports whether rows of a and b mean the same. Scores may have different numbers of cells.
func comparable(a, b *value) bool {
	return a.byHead == b.byHead && a.heads == b.heads && (a.byHead || a.width == b.width)
}

func (v *value) shape() string {
	if v.byHead {
		return fmt.Sprint([]int{v.heads, v.tokens, v.width})
	}
	return fmt.Sprint([]int{v.tokens, v.width})
}

// Errors lists NMSE over ops, for plots: names and values in the reference's order.
func (c *Comparison) Errors() (names []string, nmse []float64) {
	for i := range c.Ops {
		names = append(names, c.Ops[i].Op)
		nmse = append(nmse, c.Ops[i].NMSE)
	}
	return slices.Clip(names), nmse
}
