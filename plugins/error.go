package plugins

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sonde-ml/sonde/internal/escape"
)

// What can be wrong with a plugin file; [Load] and [Check] refuse it.
var (
	ErrSyntax  = errors.New("not Go")                     // the parser does not understand it
	ErrTypes   = errors.New("does not compile")           // the Go compiler would refuse it
	ErrImport  = errors.New("not an import of a plugin")  // see the package documentation for the list
	ErrDialect = errors.New("not in the plugin dialect")  // Go that the interpreter would get wrong
	ErrTooBig  = errors.New("too big for a plugin")       // more than MaxSize bytes, or nested more than MaxNesting deep
	ErrLoad    = errors.New("the interpreter refuses it") // passed the check, but not the interpreter
)

// What can happen when a plugin runs, beside the errors that its own functions return.
var (
	ErrPanic   = errors.New("panic")
	ErrStopped = errors.New("the plugin was stopped: load it again") // see [Plugin.Stop]
)

// Error is one thing that went wrong in a plugin, with its place. Several come joined, see [errors.Join].
type Error struct {
	File      string // as given to Load
	Line, Col int    // from 1; 0 where the place is not known
	Op        string // the op at which a hook ran, "" elsewhere
	Kind      error  // one of the Err… values, nil for an error that the plugin returned
	Err       error  // what happened
}

// Error writes the place, then what happened. The op is not in it: the run that fails names it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(escape.Text(e.File))
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Col > 0 {
		fmt.Fprintf(&b, ":%d", e.Col)
	}
	return b.String() + ": " + e.Err.Error()
}

// Unwrap gives the kind and what happened.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Err}
	}
	return []error{e.Kind, e.Err}
}
