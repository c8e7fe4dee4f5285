package convert

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/sonde-ml/sonde/gguf"
)

// override gives the tensors whose names match a glob another type than the mixture does.
type override struct {
	text string // as it was given
	glob string
	to   gguf.Type
	used bool
}

// parseOverrides reads overrides such as "blk.*.ffn_down.weight=q6_k".
func parseOverrides(list []string) ([]override, error) {
	var all []override
	var errs []error
	for _, s := range list {
		o, err := parseOverride(s)
		all = append(all, o)
		errs = append(errs, err)
	}
	return all, errors.Join(errs...)
}

func parseOverride(s string) (override, error) {
	i := strings.LastIndexByte(s, '=')
	if i <= 0 {
		return override{}, badOverride(s, "GLOB=TYPE, such as blk.*.ffn_down.weight=q6_k")
	}
	t, err := parseType(s[i+1:])
	if err != nil {
		return override{}, fmt.Errorf("tensor %q: %w", s, err)
	}
	if _, err := path.Match(s[:i], ""); err != nil {
		return override{}, badOverride(s, "a well-formed glob, as in path.Match")
	}
	return override{text: s, glob: s[:i], to: t}, nil
}

// matches reports whether the override is for the tensor of that name, and remembers that there was one.
func (o *override) matches(name string) bool {
	ok, _ := path.Match(o.glob, name) // parseOverride has seen the error
	o.used = o.used || ok
	return ok
}

// check returns an error if no tensor has matched: a setting without effect is a mistake.
func (o *override) check() error {
	if o.used {
		return nil
	}
	return badOverride(o.text, "a glob that matches a matrix that no earlier override does; norms and the like keep their type")
}

func badOverride(s, expected string) error {
	return &OptionError{Option: "tensor", Value: s, Kind: ErrBadOverride, Expected: expected}
}
