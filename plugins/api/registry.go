package api

import (
	"errors"
	"fmt"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/engine/nn"
)

// Registry collects what a plugin adds. Nothing of it runs before it is attached to the hooks of a session.
type Registry struct {
	hooks    []Hook
	families []Family
	problems []error
}

// On adds f to be called after each selected op: it may read op, and edit op.Out in place. Everything behind sees the
// edit. The inputs must stay as they are. Selectors are those of package nn: names, globs, "kind:rms_norm", "blk.3-7.*", foreign names.
func (r *Registry) On(selector string, f func(op *Op) error) { r.add(AfterOp, selector, f) }

// Before adds f to be called before each selected op: it may read op, and edit its inputs in place or put others into
// op.In and op.Weights. Only this op sees the edit.
func (r *Registry) Before(selector string, f func(op *Op) error) { r.add(BeforeOp, selector, f) }

// Replace computes the selected ops by f, which fills op.Out, whose shape is set. Of several the last one counts.
func (r *Registry) Replace(selector string, f func(op *Op) error) { r.add(InPlaceOfOp, selector, f) }

// Family adds a model family, for files whose general.architecture is name. It comes before Sonde's own of that name.
//
// build fills the family's struct from the loader, as those of package arch do, and returns its forward pass, which
// computes the logits [tokens, vocab]:
//
//	r.Family("tiny", func(l *api.Loader) func(p *api.Pass) *api.Tensor {
//		m := &tiny{}
//		l.Dims = map[string]int{"vocab": l.Vocab(), …}
//		l.Bind(m)
//		return func(p *api.Pass) *api.Tensor { return m.forward(p) }
//	})
//
// aliases are the foreign names of its ops, where they differ from the common ones.
func (r *Registry) Family(name string, build Build, aliases ...AliasTable) {
	if name == "" || build == nil {
		r.problems = append(r.problems, errors.New("Family needs a name and a function"))
		return
	}
	f := Family{Name: name, Build: build, Aliases: AliasTable{}}
	for _, table := range aliases {
		for op, rule := range table {
			f.Aliases[op] = rule
		}
	}
	r.families = append(r.families, f)
}

// Build fills a family's struct from the loader and returns its forward pass.
type Build = func(l *Loader) func(p *Pass) *Tensor

func (r *Registry) add(when When, selector string, f nn.Func) {
	if f == nil {
		r.problems = append(r.problems, fmt.Errorf("%s(%q) needs a function", when, selector))
		return
	}
	r.hooks = append(r.hooks, Hook{when, selector, f})
}

// Err joins what was wrong with the calls so far, such as a missing function.
func (r *Registry) Err() error { return errors.Join(r.problems...) }

// Hooks returns the hooks in the order in which they were added.
func (r *Registry) Hooks() []Hook { return r.hooks }

// Families returns the families in the order in which they were added.
func (r *Registry) Families() []Family { return r.families }

// Attach adds the hooks to those of a session, all or none. The error joins all selectors that match nothing.
func (r *Registry) Attach(to *nn.Hooks) (detach func(), err error) {
	if err := r.Err(); err != nil {
		return nil, err
	}
	return Attach(to, r.hooks)
}

// Family is a family as a plugin added it.
type Family struct {
	Name    string
	Build   Build
	Aliases AliasTable
}

// Arch returns the family as package arch knows it.
func (f Family) Arch() arch.Family {
	build := func(l *arch.Loader) arch.Network { return network{f.Build(l)} }
	return arch.Family{Name: f.Name, Build: build, Aliases: f.Aliases}
}

type network struct{ forward func(*nn.Pass) *nn.Tensor }

func (n network) Forward(p *nn.Pass) *nn.Tensor { return n.forward(p) }
