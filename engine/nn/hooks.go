package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

// Hooks is the set of hooks on the passes of one session: functions that read, edit or replace ops.
// They run on the goroutine of the pass, one after the other, in the order in which they were added.
// Add and remove hooks between passes only.
type Hooks struct {
	points  []Point
	mu      sync.Mutex
	list    []*Hook
	version int
}

// NewHooks returns an empty set for a model with these points.
func NewHooks(points []Point) *Hooks { return &Hooks{points: points} }

// Hook is one function on the ops that a selector selects.
type Hook struct {
	set    *Hooks
	when   when
	on     map[string]bool // names of ops
	names  []string        // the same, in order of the pass
	f      Func
	inside map[int]bool // blocks in which it looks inside of the attention
}

type when int

const (
	before when = iota
	replace
	after
)

// On adds f to be called after each selected op: it may read op, and edit op.Out in place, whose shape must stay. Everything
// behind sees the edit. The inputs must stay as they are: ops that read the same one share what was made of it.
func (h *Hooks) On(sel Selector, f Func) (*Hook, error) { return h.add(after, sel, f) }

// Before adds f to be called before each selected op: it may read op, and edit its inputs in place or put others into
// op.In and op.Weights. Only this op sees the edit.
func (h *Hooks) Before(sel Selector, f Func) (*Hook, error) { return h.add(before, sel, f) }

// Replace computes the selected ops by f: it fills op.Out, whose shape is set and whose numbers are NaN before.
// Of several the last one counts.
func (h *Hooks) Replace(sel Selector, f Func) (*Hook, error) { return h.add(replace, sel, f) }

func (h *Hooks) add(w when, sel Selector, f Func) (*Hook, error) {
	if f == nil {
		return nil, errors.New("a hook needs a function")
	}
	found, err := Select(h.points, sel)
	if err != nil {
		return nil, err
	}
	hook := &Hook{set: h, when: w, on: map[string]bool{}, inside: map[int]bool{}, f: f}
	for _, i := range found {
		p := &h.points[i]
		hook.on[p.Name] = true
		hook.names = append(hook.names, p.Name)
		if p.Kind == AttnScores || p.Kind == AttnProbs || p.Kind == AttnMix {
			hook.inside[p.Layer] = true
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, hook)
	h.version++
	return hook, nil
}

// Names returns the names of the ops that the hook is on, in the order of the pass.
func (k *Hook) Names() []string { return k.names }

// Remove takes the hook away. To remove it twice does nothing.
func (k *Hook) Remove() {
	h := k.set
	h.mu.Lock()
	defer h.mu.Unlock()
	if i := slices.Index(h.list, k); i >= 0 {
		h.list = slices.Delete(h.list, i, i+1)
		h.version++
	}
}

// Empty reports whether there are no hooks.
func (h *Hooks) Empty() bool { return h == nil || len(h.list) == 0 }

// lookInside reports whether some hook is on an op inside of block layer's attention.
func (h *Hooks) lookInside(layer int) bool {
	if h == nil {
		return false
	}
	for _, k := range h.list {
		if k.inside[layer] {
			return true
		}
	}
	return false
}

// opHooks are the hooks on one op.
type opHooks struct {
	before, after []Func
	replace       Func
}

// of returns the hooks on the op in s, nil for none.
func (h *Hooks) of(s *slot) *opHooks {
	if h == nil {
		return nil
	}
	if s.version != h.version {
		s.hooks, s.version = h.collect(s.op.Name), h.version
	}
	return s.hooks
}

func (h *Hooks) collect(name string) *opHooks {
	var o opHooks
	for _, k := range h.list {
		if !k.on[name] {
			continue
		}
		switch k.when {
		case before:
			o.before = append(o.before, k.f)
		case replace:
			o.replace = k.f
		case after:
			o.after = append(o.after, k.f)
		}
	}
	if o.before == nil && o.after == nil && o.replace == nil {
		return nil
	}
	return &o
}

// runBefore gives the op inputs of its own, so that an edit is seen by it alone, and calls the hooks.
func (o *opHooks) runBefore(op *Op) error {
	if len(o.before) == 0 {
		return nil
	}
	for i, t := range op.In {
		op.In[i] = t.Clone()
	}
	for _, f := range o.before {
		if err := guarded(f, op); err != nil {
			return err
		}
	}
	return op.check()
}

// runReplace computes the op by the replacement. The output holds NaN before, so that what it forgets to fill shows.
func (o *opHooks) runReplace(op *Op) error {
	for i := range op.Out.Data {
		op.Out.Data[i] = nan
	}
	for i := range op.Out.IDs {
		op.Out.IDs[i] = -1
	}
	return guarded(o.replace, op)
}

var nan = float32(math.NaN())

// runAfter calls the hooks on what is in op.Out by now.
func (o *opHooks) runAfter(op *Op) error {
	for _, f := range o.after {
		if err := guarded(f, op); err != nil {
			return err
		}
	}
	return nil
}

// checkOut reports an output that functions from outside left in another form than want, the one that it had.
func (op *Op) checkOut(want []int) error {
	switch t := op.Out; {
	case t == nil:
		return errors.New("a hook or replacement took the output away")
	case !slices.Equal(t.Shape, want):
		return shapeError("the output that a hook or replacement left", t.Shape, ShapeString(want))
	case len(t.Data)+len(t.IDs) != t.Len():
		return fmt.Errorf("a hook or replacement left an output of %d numbers in shape %s", len(t.Data)+len(t.IDs), t)
	}
	return nil
}
