package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// Options say what is measured. The zero value measures what sonde bench does.
type Options struct {
	Threads int    // 0 is GOMAXPROCS
	Prefill []int  // tokens; none is 128 and 512
	Decode  []int  // tokens; none is 64
	Repeat  int    // repetitions of each phase, the median of which counts; 0 is 5. After ten seconds no further one begins
	Quick   bool   // do what shows that it works, in a fraction of the time: the figures are vague, and Repeat is 1
	Like    string // the shape of the models that [RunTypes] makes, as convert.Shapes names them; "" is tinyllama

	// Progress is told what begins, and how many of the steps are behind it; may be nil. Steps take different times.
	Progress func(done, total int, what string)
}

// enough is when a phase is not repeated any more.
const enough = 10 * time.Second

func (opt Options) withDefaults() Options {
	if opt.Threads <= 0 {
		opt.Threads = runtime.GOMAXPROCS(0)
	}
	opt.Threads = min(opt.Threads, engine.MaxThreads)
	if len(opt.Prefill) == 0 {
		opt.Prefill = []int{128, 512}
	}
	if len(opt.Decode) == 0 {
		opt.Decode = []int{64}
	}
	if opt.Repeat <= 0 {
		opt.Repeat = 5
	}
	if opt.Like == "" {
		opt.Like = "tinyllama"
	}
	if opt.Progress == nil {
		opt.Progress = func(int, int, string) {}
	}
	if opt.Quick {
		opt.Repeat = 1
	}
	return opt
}

func (opt Options) effort() effort {
	if opt.Quick {
		return quick
	}
	return full
}

// check returns the level of the kernels. It refuses one that cannot be used, and numbers of tokens that no session takes.
func (opt Options) check() (cpu.Level, error) {
	level, err := cpu.Active()
	for _, n := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(opt.Prefill, opt.Decode)))) {
		if n < 1 || n > engine.MaxContext {
			err = errors.Join(err, fmt.Errorf("a phase of %d tokens: want 1 to %d", n, engine.MaxContext))
		}
	}
	return level, err
}

// bench is one run of the benchmark.
type bench struct {
	Options
	report      *Report
	done, total int
}

// Run measures the ceilings of the machine, and how fast m runs, with no hooks, in the fast numerics. When ctx ends, it
// returns that as an error.
func Run(ctx context.Context, m *engine.Model, opt Options) (*Report, error) {
	b, err := newBench(ctx, opt, 1)
	if err != nil {
		return nil, err
	}
	if err := b.model(ctx, m); err != nil {
		return nil, err
	}
	return b.report, nil
}

// RunTypes is Run for models of random weights, one for each of the types, which are as in [convert.SynthOptions]. Each
// is written to a temporary file, which takes what such a model has: a Q8_0 of the default shape 1.2 GB.
func RunTypes(ctx context.Context, types []string, opt Options) (*Report, error) {
	if err := opt.withDefaults().checkModels(types); err != nil {
		return nil, err
	}
	b, err := newBench(ctx, opt, len(types))
	if err != nil {
		return nil, err
	}
	for _, t := range types {
		if err := b.synthetic(ctx, t); err != nil {
			return nil, err
		}
	}
	return b.report, nil
}

// checkModels reports all types and shapes that there are none of, before the first model takes its time.
func (opt Options) checkModels(types []string) error {
	err := known("shape", opt.Like, convert.ErrUnknownShape, convert.Shapes())
	for _, t := range types {
		err = errors.Join(err, known("type", t, gguf.ErrUnknownType, convert.Types()[1:])) // the first makes copies
	}
	return err
}

// known reports a value that is none of those that there are.
func known(option, value string, kind error, names []string) error {
	if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, value) }) {
		return nil
	}
	return &convert.OptionError{Option: option, Value: value, Kind: kind, Expected: "one of " + strings.ToLower(strings.Join(names, " "))}
}

func newBench(ctx context.Context, opt Options, models int) (*bench, error) {
	level, err := opt.check()
	if err != nil {
		return nil, err
	}
	b := &bench{Options: opt.withDefaults()}
	b.total = 1 + models*(1+(len(b.Prefill)+len(b.Decode))*b.Repeat)
	b.step("ceilings of the machine", 1)
	c, err := b.effort().ceilings(ctx, level, b.Threads)
	if err != nil {
		return nil, err
	}
	b.report = &Report{CPU: cpu.Name(), Level: level, Threads: b.Threads, Ceilings: c}
	return b, nil
}

// step says what begins, which takes so many steps.
func (b *bench) step(what string, steps int) {
	b.Progress(b.done, b.total, what)
	b.done += steps
}

// synthetic makes a model of the type, measures it and takes it away.
func (b *bench) synthetic(ctx context.Context, typ string) (err error) {
	dir, err := os.MkdirTemp("", "sonde-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, typ+".gguf")
	b.Progress(b.done, b.total, "make "+typ)
	if _, err := convert.Synth(ctx, path, convert.SynthOptions{Like: b.Like, Type: typ, Seed: 1, Threads: b.Threads}); err != nil {
		return err
	}
	m, err := engine.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	return b.model(ctx, m)
}

// model adds the results of a model to the report.
func (b *bench) model(ctx context.Context, m *engine.Model) error {
	r, err := newRunner(m, b.Threads, slices.Max(slices.Concat(b.Prefill, b.Decode)))
	if err != nil {
		return err
	}
	defer r.session.Close()
	b.step(r.load.name, 1)
	if err := r.warm(ctx); err != nil {
		return err
	}
	for _, n := range b.Prefill {
		if err := b.phase(ctx, r, Prefill, n); err != nil {
			return err
		}
	}
	for _, n := range b.Decode {
		if err := b.phase(ctx, r, Decode, n); err != nil {
			return err
		}
	}
	return nil
}

// phase adds the result of a phase.
func (b *bench) phase(ctx context.Context, r *runner, phase string, tokens int) error {
	end := b.done + b.Repeat
	rep, err := b.repeat(func() (*repetition, error) {
		b.step(fmt.Sprintf("%s, %s of %d tokens", r.load.name, phase, tokens), 1)
		return r.phase(ctx, phase, tokens)
	})
	if err != nil {
		return err
	}
	b.done = end
	b.report.Results = append(b.report.Results, r.result(phase, tokens, rep, b.report.Ceilings))
	return nil
}

// repeat returns the median of the repetitions that there is time for, one at least.
func (opt Options) repeat(run func() (*repetition, error)) (*repetition, error) {
	var reps []*repetition
	for start := time.Now(); len(reps) < opt.Repeat && (len(reps) == 0 || time.Since(start) < enough); {
		rep, err := run()
		if err != nil {
			return nil, err
		}
		reps = append(reps, rep)
	}
	return median(reps), nil
}
