package cli

import (
	"fmt"
	"math"
	"path"
	"strings"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/internal/escape"
)

// watchAll prints weights once, and ops once per pass, for each selector.
func (a *app) watchAll(s *engine.Session, selectors []string) error {
	for _, sel := range selectors {
		watch := a.watchOps
		if isWeight(sel) {
			watch = a.watchWeights
		}
		if err := watch(s, sel); err != nil {
			return fmt.Errorf("--watch: %w", err)
		}
	}
	return nil
}

// isWeight tells selectors of weights from those of ops: no op's name ends so.
func isWeight(sel string) bool {
	return strings.HasSuffix(sel, ".weight") || strings.HasSuffix(sel, ".bias")
}

func (a *app) watchWeights(s *engine.Session, sel string) error {
	found := false
	for _, weight := range s.Model().Weights() {
		if ok, err := path.Match(sel, weight.Name); err != nil || !ok && sel != weight.Name {
			continue
		}
		found = true
		t, err := weight.Decode()
		if err != nil {
			return err
		}
		a.say("[%s] %s %s %s", escape.Text(weight.Name), weight.Type, t, describe(t.Data))
	}
	if !found {
		return noWeight(s.Model(), sel)
	}
	return nil
}

// noWeight says that no weight matches, and which names are near.
func noWeight(m *engine.Model, sel string) error {
	var names []string
	for _, w := range m.Weights() {
		names = append(names, w.Name)
	}
	return fmt.Errorf("the model has no weight %q; the nearest names are %s", sel, strings.Join(nn.Nearest(sel, names), ", "))
}

func (a *app) watchOps(s *engine.Session, sel string) error {
	named := !strings.ContainsAny(sel, "*?[:") // else it may be several ops, each under its own name
	hook, err := s.On(sel, func(op *nn.Op) error {
		name := op.Name
		if named {
			name = sel
		}
		a.say("[%s] %s", name, describeOp(op))
		return nil
	})
	if err == nil && len(hook.Names()) > 1 {
		named = false
	}
	return err
}

// describeOp is "F32 [13 64] pos=0-12 rms=…".
func describeOp(op *nn.Op) string {
	kind, values := "F32", op.Out.Data
	if op.Out.IDs != nil {
		kind = "I32"
		values = make([]float32, len(op.Out.IDs))
		for i, id := range op.Out.IDs {
			values[i] = float32(id)
		}
	}
	return fmt.Sprintf("%s %s pos=%d-%d %s", kind, op.Out, op.Pos[0], op.Pos[len(op.Pos)-1], describe(values))
}

// describe sums numbers up: rms, range, mean and the first four.
func describe(x []float32) string {
	low, high := math.Inf(1), math.Inf(-1)
	var sum, squares float64
	for _, f := range x {
		v := float64(f)
		low, high = min(low, v), max(high, v)
		sum += v
		squares += v * v
	}
	first := make([]string, 0, 4)
	for _, v := range x[:min(4, len(x))] {
		first = append(first, fmt.Sprintf("%.6f", v))
	}
	n := float64(len(x))
	return fmt.Sprintf("rms=%.6f min=%.6f max=%.6f mean=%.6f first=[%s]",
		math.Sqrt(squares/n), low, high, sum/n, strings.Join(first, " "))
}
