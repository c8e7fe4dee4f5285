package nn

import (
	"errors"
	"fmt"
	"maps"

	"github.com/sonde-ml/sonde/gguf"
)

// Numerics is a way to compute ops: a table from kind to function. It does not change.
type Numerics struct {
	name  string
	funcs map[Kind]Func
	other map[Kind]bool // kinds whose functions are not Sonde's
}

// The numerics that Sonde has. All give the same bits for any number of threads.
var (
	// Exact decodes weights, accumulates in float64 and rounds each output once: the judge.
	// It gives the same bits whether tokens come one by one or together.
	Exact = &Numerics{name: "exact", funcs: exactFuncs}
	// Fast uses the kernels, in float32: the worker.
	Fast = &Numerics{name: "fast", funcs: fastFuncs}
)

// NumericsByName returns the numerics called "exact" or "fast".
func NumericsByName(name string) (*Numerics, error) {
	for _, n := range []*Numerics{Exact, Fast} {
		if n.name == name {
			return n, nil
		}
	}
	return nil, fmt.Errorf("unknown numerics %q: there are exact and fast", name)
}

// Name returns the name that the command and traces use.
func (n *Numerics) Name() string { return n.name }

// Has reports whether n computes ops of that kind.
func (n *Numerics) Has(k Kind) bool { return n.funcs[k] != nil }

// With returns a copy of n, called name, in which f computes ops of kind k.
func (n *Numerics) With(name string, k Kind, f Func) *Numerics {
	funcs := maps.Clone(n.funcs)
	funcs[k] = f
	other := maps.Clone(n.other)
	if other == nil {
		other = map[Kind]bool{}
	}
	other[k] = true
	return &Numerics{name, funcs, other}
}

// passesOn reports whether ops of that kind have an output that is not finite where an input is not.
func (n *Numerics) passesOn(k Kind) bool { return passesOn[k] && !n.other[k] }

var errNoFunc = errors.New("these numerics cannot compute this kind of op")

// compute runs the function for op. A fault in the map of the model's file comes back as an error.
func (n *Numerics) compute(op *Op) error {
	f := n.funcs[op.Kind]
	if f == nil {
		return fmt.Errorf("%w: %s has no %s", errNoFunc, n.name, op.Kind)
	}
	return gguf.Guard(func() error { return f(op) })
}
