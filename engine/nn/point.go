package nn

import (
	"fmt"
	"runtime/debug"
)

// Point is an op of a model's pass, as it is known before anything runs: a place to hook.
type Point struct {
	Name    string
	Kind    Kind
	Layer   int      // -1 outside the blocks
	Shape   []int    // of the output, with TokensDim and CellsDim for what only a run knows
	Weights []string // names of the tensors that it uses
	Aliases Aliases

	short string
	bias  bool
	local bool // no other block reads its output
}

// Plan lists the points of a forward pass in order, by running it without computing. extra has the family's own
// aliases; they come before the common ones.
func Plan(forward func(*Pass) *Tensor, extra AliasTable) (points []Point, err error) {
	r := &Runner{forward: forward, dry: true, cache: NewCache(0)}
	r.init()
	r.tokens = Tensor{Shape: []int{TokensDim}}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the forward pass cannot be planned: %w", &PanicError{v, debug.Stack()})
		}
	}()
	forward(&r.root)
	addAliases(r.plan, extra)
	return r.plan, nil
}

// planOp adds the op of a planned pass, and notes whose outputs it reads from another block.
func (r *Runner) planOp(s *slot) {
	for _, t := range s.op.In {
		for i := len(r.plan) - 1; i >= 0; i-- {
			if t == &r.slots[i].out {
				r.plan[i].local = r.plan[i].local && r.plan[i].Layer == s.op.Layer
				break
			}
		}
	}
	r.plan = append(r.plan, newPoint(s))
}

// local returns the names of the ops whose outputs no other block reads.
func (h *Hooks) local() map[string]bool {
	names := map[string]bool{}
	if h != nil {
		for i := range h.points {
			names[h.points[i].Name] = h.points[i].local
		}
	}
	return names
}

func newPoint(s *slot) Point {
	op := &s.op
	p := Point{Name: op.Name, Kind: op.Kind, Layer: op.Layer, short: s.short, bias: op.Kind == MatMul && len(op.Weights) == 2}
	p.local = op.Layer >= 0
	p.Shape = append(p.Shape, op.Out.Shape...)
	for _, w := range op.Weights {
		p.Weights = append(p.Weights, w.Name)
	}
	return p
}
