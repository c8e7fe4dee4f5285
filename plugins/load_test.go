package plugins_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/plugins"
	"github.com/sonde-ml/sonde/plugins/api"
)

// write makes a plugin file with that body of Register, which begins in line 11.
func write(t *testing.T, register string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fix.go")
	source := "// Package fix is a test.\npackage fix\n\nimport (\n\t\"errors\"\n\t\"fmt\"\n\n\t\"" + apiPath + "\"\n)\n\n" +
		"func Register(r *api.Registry) {\n" + register + "\n}\n\nvar _ = errors.New\nvar _ = fmt.Sprint\n"
	if err := os.WriteFile(path, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

const apiPath = "github.com/sonde-ml/sonde/plugins/api"

func load(t *testing.T, register string, opts ...plugins.Option) *plugins.Plugin {
	t.Helper()
	p, err := plugins.Load(write(t, register), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// norm is an op as a hook receives it.
func norm() *nn.Op {
	return &nn.Op{Name: "blk.3.attn_norm", Kind: nn.RMSNorm, Layer: 3,
		In:  []*nn.Tensor{{Shape: []int{2, 2}, Data: []float32{1, -2, 3, 0.5}}},
		Out: &nn.Tensor{Shape: []int{2, 2}, Data: []float32{0.5, 4, -1, 2}}}
}

func TestWhatGoesWrongInAHook(t *testing.T) {
	for _, c := range []struct {
		name, body string
		line       int
		kind       error
		want       string // in the message
	}{
		{"index", "x := op.Out.Data\nn := len(x)\nx[n] = 1\nreturn nil", 15, plugins.ErrPanic, "index out of range"},
		{"nil", "var t *api.Tensor\nt.Data = nil\nreturn nil", 14, plugins.ErrPanic, "nil pointer dereference"},
		{"division", "n := op.Layer - 3\nop.Layer /= n\nreturn nil", 14, plugins.ErrPanic, "divide by zero"},
		{"thrown text", "panic(\"no head \" + op.Name)", 13, plugins.ErrPanic, "no head blk.3.attn_norm"},
		{"thrown error", "panic(errors.New(\"broken\"))", 13, plugins.ErrPanic, "broken"},
		{"wrong length", "\nop.Eps = api.Dot(op.Out.Data, op.Out.Row(0))\nreturn nil", 14, plugins.ErrPanic, "api.Dot: b has 2 numbers, want 4"},
		{"too much memory", "n := 1 << 62\nop.Out.Data = make([]float32, n)\nreturn nil", 14, plugins.ErrPanic, "allocation size out of range"},
		{"returned", "if op.Layer%2 == 1 {\nreturn fmt.Errorf(\"layer %d is odd\", op.Layer)\n}\nreturn nil", 14, nil, "layer 3 is odd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := load(t, "r.On(\"*\", func(op *api.Op) error {\n"+c.body+"\n})")
			err := p.Hooks()[0].Func(norm())
			var e *plugins.Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want a *plugins.Error with %q", err, c.want)
			}
			if e.Op != "blk.3.attn_norm" || e.File != p.Path || e.Kind != c.kind {
				t.Errorf("got op %q, file %q, kind %v; want blk.3.attn_norm, %q, %v", e.Op, e.File, e.Kind, p.Path, c.kind)
			}
			if e.Line != c.line {
				t.Errorf("got line %d, want %d", e.Line, c.line)
			}
			if err := p.Hooks()[0].Func(norm()); err == nil || err.Error() != e.Error() {
				t.Errorf("the second call gives %v, want what the first one gave", err)
			}
		})
	}
}

func TestErrorsOfOursComeThrough(t *testing.T) {
	p := load(t, `r.On("*", func(op *api.Op) error { api.Dot(op.Out.Data, nil); return nil })`)
	err := p.Hooks()[0].Func(norm())
	var length *api.LengthError
	if !errors.As(err, &length) || length.Want != 4 {
		t.Errorf("got %v, want a *api.LengthError", err)
	}
	var panicked *nn.PanicError
	if !errors.As(err, &panicked) || len(panicked.Stack) == 0 {
		t.Errorf("got %v, want a *nn.PanicError with a stack", err)
	}
}

func TestWhatGoesWrongAtLoad(t *testing.T) {
	for _, c := range []struct {
		name, register string
		want           string
		kind           error
	}{
		{"syntax", "r.On(", "fix.go:13:1: expected operand, found '}'", plugins.ErrSyntax},
		{"types", "var n int = 1.5\n_ = n", "fix.go:12:13: cannot use 1.5", plugins.ErrTypes},
		{"unused", "n := 1", "fix.go:12:1: declared and not used: n", plugins.ErrTypes},
		{"unknown", "r.Off(\"x\")", "r.Off undefined", plugins.ErrTypes},
		{"dialect", "go func() {}()", "fix.go:12:1: go is not for plugins: ", plugins.ErrDialect},
		{"panic", "var m map[string]int\nm[\"x\"] = 1", "assignment to entry in nil map", plugins.ErrPanic},
		{"no function", "r.On(\"*\", nil)", `On("*") needs a function`, plugins.ErrLoad},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := plugins.Load(write(t, c.register))
			var e *plugins.Error
			if !errors.As(err, &e) || !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a %v with %q", err, c.kind, c.want)
			}
		})
	}
	if _, err := plugins.Load(filepath.Join(t.TempDir(), "none.go")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that there is no such file", err)
	}
}

func TestPrintsGoToTheOutput(t *testing.T) {
	var out bytes.Buffer
	load(t, `fmt.Println("hello", 3); fmt.Printf("%.1f\n", 0.25)`, plugins.Output(&out))
	if got, want := out.String(), "hello 3\n0.2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStopEndsAnEndlessHook(t *testing.T) {
	entered := make(chan struct{})
	p := load(t, `r.On("*", func(op *api.Op) error { fmt.Println("in"); for { op.Layer++ } })`,
		plugins.Output(writerFunc(func(b []byte) (int, error) { close(entered); return len(b), nil })))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	stopped := make(chan error)
	go func() { stopped <- p.Hooks()[0].Func(norm()) }()
	<-entered
	p.Stop()
	select {
	case err := <-stopped:
		if !errors.Is(err, plugins.ErrStopped) {
			t.Errorf("got %v, want %v", err, plugins.ErrStopped)
		}
	case <-ctx.Done():
		t.Fatal("the hook goes on")
	}
	if err := p.Hooks()[0].Func(norm()); !errors.Is(err, plugins.ErrStopped) {
		t.Errorf("a later call: got %v, want %v", err, plugins.ErrStopped)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// TestHooksOfOnePluginRunOneAtATime would find the races that sessions in parallel could make of a plugin's variables.
func TestHooksOfOnePluginRunOneAtATime(t *testing.T) {
	p := load(t, "seen := map[string]int{}\nn := 0\nr.On(\"*\", func(op *api.Op) error {\nn++\nseen[op.Name]++\n"+
		"if seen[op.Name] != n { return errors.New(\"lost one\") }\nop.Out.Data[0] = float32(n)\nreturn nil\n})")
	const sessions, passes = 8, 200
	var wg sync.WaitGroup
	for range sessions {
		wg.Go(func() {
			for range passes {
				if err := p.Hooks()[0].Func(norm()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	op := norm()
	if err := p.Hooks()[0].Func(op); err != nil || op.Out.Data[0] != sessions*passes+1 {
		t.Errorf("got %v calls and %v, want %d", op.Out.Data[0], err, sessions*passes+1)
	}
}
