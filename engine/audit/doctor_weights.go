package audit

import (
	"fmt"
	"math"
	"strings"

	"github.com/sonde-ml/sonde/gguf"
)

// hugeWeight is eight powers of ten beyond any weight of a sound model that we know of: 121, of a norm.
const hugeWeight = 1e10

// isWeight reports whether t is what an op multiplies by, so that it should not be zero, constant or the same as another.
// Biases, tables of positions and whatever else a file may hold can be anything.
func isWeight(t *gguf.Tensor) bool { return strings.HasSuffix(t.Name, ".weight") }

// isNorm reports whether t is the weight of a norm.
func isNorm(t *gguf.Tensor) bool { return strings.HasSuffix(t.Name, "norm.weight") }

// isTable reports whether t is a table of divisors for rotary frequencies: a huge one turns a frequency off.
func isTable(t *gguf.Tensor) bool {
	return strings.HasPrefix(t.Name, "rope_") || strings.Contains(t.Name, ".rope_")
}

func isInteger(t gguf.Type) bool {
	switch t {
	case gguf.I8, gguf.I16, gguf.I32, gguf.I64:
		return true
	}
	return false
}

// finding begins a finding about the tensor; at is the first weight that it is about, -1 for none.
func (l *look) finding(kind Kind, severity Severity, count int64, at int) Finding {
	f := Finding{Tensor: l.tensor.Name, Kind: kind, Severity: severity, Count: count}
	if at >= 0 {
		f.First = []int{at / l.tensor.RowLen(), at % l.tensor.RowLen()}
	}
	return f
}

// place names a weight and the bytes that it comes from.
func (l *look) place(at int) string {
	t := l.tensor
	width, size := t.Type.BlockWeights(), t.Type.BlockBytes()
	what := "byte"
	if width > 1 {
		what = "block from byte"
	}
	return fmt.Sprintf("row %d, column %d (%s %d)", at/t.RowLen(), at%t.RowLen(), what, t.Offset+int64(at/width)*int64(size))
}

// addNonFinite notes NaN and infinities. In a block it is the scale that counts: infinity times a code of 0 is NaN.
func (l *look) addNonFinite(c chunk, scales []scaleField) {
	width, size := l.tensor.Type.BlockWeights(), l.tensor.Type.BlockBytes()
	for i, v := range c.values {
		if !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) {
			continue
		}
		isNaN := v != v
		if width > 1 {
			isNaN = hasNaN(scales, c.raw[i/width*size:][:size])
		}
		if isNaN {
			l.nan.add(c.at + i)
		} else {
			l.inf.add(c.at + i)
		}
	}
}

func hasNaN(scales []scaleField, block []byte) bool {
	var scratch scaleScratch
	for _, f := range scales {
		for _, v := range f.of(block, &scratch) {
			if v != v {
				return true
			}
		}
	}
	return false
}

func (l *look) addHuge(c chunk) {
	for i, v := range c.values {
		if a := math.Abs(float64(v)); a >= hugeWeight && a <= math.MaxFloat32 {
			l.huge.add(c.at + i)
		}
	}
}

func (l *look) notFinite() (found []Finding) {
	for _, test := range []struct {
		kind Kind
		hits hits
		word string
	}{{NaNWeights, l.nan, "NaN"}, {InfWeights, l.inf, "infinite"}} {
		if test.hits.count == 0 {
			continue
		}
		f := l.finding(test.kind, SeverityError, test.hits.count, test.hits.first)
		f.Evidence = fmt.Sprintf("%d of %d weights are %s, the first in %s", f.Count, l.moments.Count(), test.word, l.place(test.hits.first))
		if l.tensor.Type.BlockWeights() > 1 {
			f.Evidence += ": the scale of their block is"
		}
		f.Why = "one such weight makes every output that it reaches NaN, and by the next norm all of them: convert the model again"
		found = append(found, f)
	}
	return found
}

func (l *look) tooLarge() []Finding {
	if l.huge.count == 0 || isTable(l.tensor) {
		return nil
	}
	f := l.finding(HugeWeights, SeverityError, l.huge.count, l.huge.first)
	f.Evidence = fmt.Sprintf("%d of %d weights are beyond ±%.0e, the first in %s; they reach from %.3g to %.3g",
		f.Count, l.moments.Count(), hugeWeight, l.place(l.huge.first), l.moments.Min(), l.moments.Max())
	f.Why = "trained weights stay below a few hundred, and products of such ones overflow: the bytes are of another type, or damaged"
	return []Finding{f}
}

// flat looks for weights that are all the same. Those of a vector or of a norm may be, but zeros in a norm switch a
// branch off.
func (l *look) flat() []Finding {
	m, norm := &l.moments, isNorm(l.tensor)
	if m.NonFinite() > 0 || m.Min() != m.Max() || !norm && !isMatrix(l.tensor) || norm && m.Max() != 0 {
		return nil
	}
	f := l.finding(Constant, SeverityWarning, int64(m.Count()), 0)
	f.Evidence = fmt.Sprintf("all %d weights are %g", m.Count(), m.Min()+0) // no negative zero
	f.Why = "what it computes is the same for every output: it was never trained, or never written"
	if m.Max() == 0 {
		f.Kind = AllZero
		f.Why = "what it computes is zero: data that was never written, or a block that was added to be trained later"
	}
	return []Finding{f}
}
