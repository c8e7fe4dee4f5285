package plugins

import (
	"embed"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/traefik/yaegi/interp"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/plugins/api"
)

// Plugin is a loaded file.
type Plugin struct {
	Name string // of its package
	Path string // as given to Load

	interp   *interp.Interpreter
	line     *int // of the statement at work, see tracker; nil before the file was evaluated
	panics   places
	hooks    []api.Hook
	families []arch.Family
	running  sync.Mutex // held while a hook runs
	stopped  atomic.Bool
}

// Option changes how a plugin is loaded.
type Option func(*options)

type options struct{ out io.Writer }

// Output says where a plugin's fmt.Print goes; without it, to standard error.
func Output(w io.Writer) Option { return func(o *options) { o.out = w } }

// Load checks and interprets the file at path and calls its Register. Errors are [Error] values, all findings joined.
// It takes a few milliseconds. The plugin holds no file or goroutine, and need not be closed.
func Load(path string, opts ...Option) (*Plugin, error) {
	o := options{out: os.Stderr}
	for _, opt := range opts {
		opt(&o)
	}
	p := &Plugin{Path: path}
	p.interp = interp.New(interp.Options{Stdout: o.out, Stderr: &p.panics, SourcecodeFilesystem: embed.FS{}})
	src, err := readSource(p.interp.FileSet(), path)
	if err != nil {
		return nil, err
	}
	p.Name = src.file.Name.Name
	if err := p.interp.Use(exports(src.symbols, o.out)); err != nil {
		return nil, &Error{File: path, Kind: ErrLoad, Err: err}
	}
	register, err := p.evaluate(src)
	if err != nil {
		return nil, err
	}
	if err := p.register(register); err != nil {
		return nil, err
	}
	return p, nil
}

// evaluate runs the package's declarations and returns its Register.
func (p *Plugin) evaluate(src *source) (register func(*api.Registry), err error) {
	line := src.track()
	err = p.call("", func() error {
		program, err := p.interp.CompileAST(src.file)
		if err != nil {
			return p.refused(err)
		}
		if _, err := p.interp.Execute(program); err != nil {
			return p.refused(err)
		}
		if p.line, err = value[*int](p, line.address()+"()"); err != nil {
			return err
		}
		register, err = value[func(*api.Registry)](p, "Register")
		return err
	})
	return register, err
}

// value evaluates an expression of the plugin's package.
func value[T any](p *Plugin, expression string) (T, error) {
	var none T
	v, err := p.interp.Eval(p.Name + "." + expression)
	if err != nil {
		return none, p.refused(err)
	}
	t, ok := v.Interface().(T)
	if !ok {
		return none, p.refused(fmt.Errorf("%s is a %s, want a %T", expression, v.Type(), none))
	}
	return t, nil
}

// register calls Register and keeps what it adds, guarded.
func (p *Plugin) register(register func(*api.Registry)) error {
	var r api.Registry
	if err := p.call("", func() error { register(&r); return nil }); err != nil {
		return err
	}
	if err := r.Err(); err != nil {
		return &Error{File: p.Path, Kind: ErrLoad, Err: err}
	}
	for _, h := range r.Hooks() {
		h.Func = p.guardHook(h.Func)
		p.hooks = append(p.hooks, h)
	}
	for _, f := range r.Families() {
		f.Build = p.guardBuild(f.Build)
		p.families = append(p.families, f.Arch())
	}
	return nil
}

// Families returns the model families that the plugin adds, for engine.Open.
func (p *Plugin) Families() []arch.Family { return p.families }

// Hooks returns what the plugin adds to a session, in order. Their functions are guarded as those of Attach are.
func (p *Plugin) Hooks() []api.Hook { return p.hooks }

// Attach adds the plugin's hooks to those of a session, all or none. The error joins an [Error] for each selector that
// matches nothing, with the nearest names. To call detach twice does nothing.
func (p *Plugin) Attach(to *nn.Hooks) (detach func(), err error) {
	detach, err = api.Attach(to, p.hooks)
	if err != nil {
		return nil, &Error{File: p.Path, Err: err}
	}
	return detach, nil
}
