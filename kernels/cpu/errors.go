package cpu

import (
	"errors"
	"fmt"
	"strings"
)

// Kinds of [Error].
var (
	ErrUnknown     = errors.New("no such level")
	ErrUnsupported = errors.New("not supported by this processor")
	ErrNoCode      = errors.New("not in this program")
)

// Error says why a level cannot be used.
type Error struct {
	Level  Level
	Kind   error  // ErrUnknown, ErrUnsupported or ErrNoCode
	Reason string // "" where the kind says it all
	From   string // the variable that named the level; "" for a caller
}

// Error names the level, what is wrong with it, and those that can be used.
func (e *Error) Error() string {
	var b strings.Builder
	if e.From != "" {
		fmt.Fprintf(&b, "%s=%s: ", e.From, e.Level)
	}
	fmt.Fprintf(&b, "CPU level %q: %v", string(e.Level), e.Kind)
	if e.Reason != "" {
		fmt.Fprintf(&b, ": %s", e.Reason)
	}
	fmt.Fprintf(&b, "; levels here: %s", strings.Join(usable(), ", "))
	return b.String()
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

func usable() (names []string) {
	for _, l := range All() {
		if check(l) == nil {
			names = append(names, string(l))
		}
	}
	return names
}
