package nn

import (
	"slices"

	"github.com/sonde-ml/sonde/kernels"
)

// angles are the cosines and sines of a batch's positions, [T, pairs]. The layers of a pass share them.
type angles struct {
	freqs    []float64
	mag      float64
	pos      []int32
	cos, sin []float32
}

// set computes the angles of op, if they are not those that are there.
func (a *angles) set(op *Op) {
	r := op.RoPE
	if a.mag == r.Mag && slices.Equal(a.pos, op.Pos) && slices.Equal(a.freqs, r.Freqs) {
		return
	}
	a.mag, a.pos, a.freqs = r.Mag, append(a.pos[:0], op.Pos...), append(a.freqs[:0], r.Freqs...)
	n := len(r.Freqs)
	a.cos, a.sin = slices.Grow(a.cos[:0], n*len(op.Pos))[:n*len(op.Pos)], slices.Grow(a.sin[:0], n*len(op.Pos))[:n*len(op.Pos)]
	for t, pos := range op.Pos {
		kernels.RoPEAngles(a.cos[t*n:][:n], a.sin[t*n:][:n], pos, r.Freqs, r.Mag)
	}
}

// angles returns the angles by which op turns.
func (op *Op) angles() *angles {
	a := &angles{}
	if op.work != nil {
		a = &op.work.angles
	}
	a.set(op)
	return a
}

func fastRotate(op *Op) error {
	op.angles() // the workers find them made
	heads, dim := op.Out.Shape[1], op.Out.Shape[2]
	return op.each(op.Out.Shape[0], 2*heads*dim, func(op *Op, _ *scratch, lo, hi int) {
		a, heads, n := op.angles(), op.Out.Shape[1], len(op.RoPE.Freqs)
		for t := lo; t < hi; t++ {
			cos, sin := a.cos[t*n:][:n], a.sin[t*n:][:n]
			for h := t * heads; h < (t+1)*heads; h++ {
				y := op.Out.Row(h)
				copy(y, op.In[0].Row(h))
				kernels.RoPE(y, cos, sin, op.RoPE.Pairing == Halves)
			}
		}
	})
}
