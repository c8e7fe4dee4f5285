package plugins

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"runtime/debug"
	"strconv"
	"sync"

	"github.com/traefik/yaegi/interp"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/plugins/api"
)

// Stop ends what the plugin is doing at the moment, endless loops included, from any goroutine. It is for good: the
// calls that run, and all later ones, fail with [ErrStopped]. A call that waits inside of a function that is not
// interpreted goes on until that returns. To let a context end a plugin:
//
//	defer context.AfterFunc(ctx, p.Stop)()
func (p *Plugin) Stop() {
	p.stopped.Store(true)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	// To evaluate anything under an ended context stops all that runs in the interpreter, unless it is done sooner.
	for {
		if _, err := p.interp.EvalWithContext(cancelled, "1"); err != nil {
			return
		}
	}
}

// call runs code of the plugin and turns what goes wrong, panics included, into an error with its place.
func (p *Plugin) call(op string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = p.panicked(op, v, debug.Stack())
		}
	}()
	if p.stopped.Load() {
		return &Error{File: p.Path, Op: op, Kind: ErrStopped, Err: ErrStopped}
	}
	err = gguf.Guard(f)
	if p.stopped.Load() { // a stopped call returns zero values, which would pass for success
		return p.error(op, ErrStopped, ErrStopped)
	}
	return err
}

// error says that the statement at work failed.
func (p *Plugin) error(op string, kind, err error) *Error {
	e := &Error{File: p.Path, Op: op, Kind: kind, Err: err}
	if p.line != nil {
		e.Line = *p.line
	}
	return e
}

// guardHook makes a hook's function safe to call.
func (p *Plugin) guardHook(f nn.Func) nn.Func {
	return func(op *nn.Op) error {
		p.running.Lock()
		defer p.running.Unlock()
		return p.call(op.Name, func() error {
			if err := f(op); err != nil {
				return p.error(op.Name, nil, err)
			}
			return nil
		})
	}
}

// guardBuild makes a family's functions safe to call. They have no error to return: what goes wrong is thrown as an
// [Error] when the pass is planned or run, whose callers expect that.
func (p *Plugin) guardBuild(build api.Build) api.Build {
	return func(l *api.Loader) func(*api.Pass) *api.Tensor {
		var forward func(*api.Pass) *api.Tensor
		err := p.call("", func() error { forward = build(l); return nil })
		if err == nil && forward == nil {
			err = p.error("", ErrLoad, errors.New("the family's function returns no forward pass"))
		}
		return func(pass *api.Pass) (logits *api.Tensor) {
			e := err
			if e == nil {
				e = p.call("", func() error { logits = forward(pass); return nil })
			}
			if e != nil {
				panic(e)
			}
			return logits
		}
	}
}

// panicked describes a panic of the plugin. Errors of ours that come through it stay what they are.
func (p *Plugin) panicked(op string, v any, stack []byte) error {
	at := p.panics.take()
	if e, ok := v.(*Error); ok {
		return e
	}
	e := p.error(op, ErrPanic, &nn.PanicError{Value: thrown(v), Stack: stack})
	if e.Line == 0 {
		e.Line = at
	}
	return e
}

// thrown returns the value that panic was called with, or says in Go's words what the interpreter stumbled over.
func thrown(v any) any {
	if r, ok := v.(reflect.Value); ok && r.IsValid() && r.CanInterface() {
		v = r.Interface()
	}
	var invalid *reflect.ValueError
	if err, ok := v.(error); ok && errors.As(err, &invalid) && invalid.Kind == reflect.Invalid {
		return errors.New("nil pointer dereference")
	}
	return v
}

// refused describes what the interpreter says to a file that passed the check.
func (p *Plugin) refused(err error) error {
	var panicked interp.Panic
	if errors.As(err, &panicked) {
		return p.panicked("", panicked.Value, panicked.Stack)
	}
	e := &Error{File: p.Path, Kind: ErrLoad, Err: fmt.Errorf("%w: %w", ErrLoad, err)}
	if m := positioned.FindStringSubmatch(err.Error()); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Col, _ = strconv.Atoi(m[2])
		e.Err = fmt.Errorf("%w: %s", ErrLoad, m[3])
	}
	return e
}

var positioned = regexp.MustCompile(`(?s):(\d+):(\d+): (.*)$`)

// places is where the interpreter writes what it says of panics: for each function on the way out, the innermost first,
// where it begins. It stands in for the line where none is tracked.
type places struct {
	mu   sync.Mutex
	line int
}

func (p *places) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := positioned.FindSubmatch(b); m != nil && p.line == 0 {
		p.line, _ = strconv.Atoi(string(m[1]))
	}
	return len(b), nil
}

// take returns the line of the last panic and forgets it; 0 for none.
func (p *places) take() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := p.line
	p.line = 0
	return line
}
