package api

import (
	"errors"
	"fmt"

	"github.com/sonde-ml/sonde/engine/nn"
)

// When says at which moment of an op a hook runs. Its text is the name of the method that adds such a hook.
type When string

// The moments.
const (
	BeforeOp    When = "Before"
	InPlaceOfOp When = "Replace"
	AfterOp     When = "On"
)

// Hook is one function on the ops that a selector selects.
type Hook struct {
	When     When
	Selector string
	Func     nn.Func
}

// String writes the hook as the call that added it.
func (h Hook) String() string { return fmt.Sprintf("%s(%q)", h.When, h.Selector) }

func (h Hook) attach(to *nn.Hooks) (*nn.Hook, error) {
	switch h.When {
	case BeforeOp:
		return to.Before(h.Selector, h.Func)
	case InPlaceOfOp:
		return to.Replace(h.Selector, h.Func)
	}
	return to.On(h.Selector, h.Func)
}

// Attach adds hooks to those of a session, all or none. The error joins one for each selector that matches nothing.
// To call detach twice does nothing.
func Attach(to *nn.Hooks, hooks []Hook) (detach func(), err error) {
	var attached []*nn.Hook
	var problems []error
	detach = func() {
		for _, h := range attached {
			h.Remove()
		}
	}
	for _, h := range hooks {
		a, err := h.attach(to)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", h, err))
			continue
		}
		attached = append(attached, a)
	}
	if len(problems) > 0 {
		detach()
		return nil, errors.Join(problems...)
	}
	return detach, nil
}
