package nn

import "slices"

// expertGroups is the input and output of an expert linear op with the slots of each expert side by side, so that its
// matrix is read once for all tokens that chose it. Slot t·k+j is choice j of token t.
type expertGroups struct {
	ends  []int     // by expert: the place behind its last slot; its first is behind the expert before
	place []int     // by slot
	in    []float32 // [slots, in], by place
	out   []float32 // [slots, out], by place
}

// set makes room for the slots that chose these of so many experts.
func (g *expertGroups) set(chosen []int32, experts, in, out int) {
	g.ends = resized(g.ends, experts)
	g.place = resized(g.place, len(chosen))
	g.in, g.out = resized(g.in, len(chosen)*in), resized(g.out, len(chosen)*out)
	clear(g.ends)
	for _, e := range chosen {
		g.ends[e]++
	}
	first := 0
	for e, n := range g.ends {
		g.ends[e], first = first, first+n
	}
	for slot, e := range chosen {
		g.place[slot] = g.ends[e]
		g.ends[e]++
	}
}

// resized returns s with n elements of any content.
func resized[E any](s []E, n int) []E { return slices.Grow(s[:0], n)[:n] }

// gather copies the inputs of the slots to their places.
func gather(op *Op, _ *scratch, lo, hi int) {
	g, n := &op.work.experts, op.Weights[0].Cols()
	for slot := lo; slot < hi; slot++ {
		copy(g.in[g.place[slot]*n:], op.expertInput(slot))
	}
}

// scatter copies the outputs of the slots from their places.
func scatter(op *Op, _ *scratch, lo, hi int) {
	g, n := &op.work.experts, op.Weights[0].Shape[1]
	for slot := lo; slot < hi; slot++ {
		copy(op.Out.Data[slot*n:(slot+1)*n], g.out[g.place[slot]*n:])
	}
}
