package plugins_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/examples/plugins/headoff"
	"github.com/sonde-ml/sonde/examples/plugins/rmsnorm"
	"github.com/sonde-ml/sonde/examples/plugins/streamrms"
	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/plugins"
	"github.com/sonde-ml/sonde/plugins/api"
	"github.com/sonde-ml/sonde/plugins/testdata/family"
)

// logits runs a few tokens with what attach adds, once as a batch and once more behind it.
func logits(t *testing.T, families []arch.Family, attach func(*nn.Hooks) (func(), error)) []float32 {
	t.Helper()
	m, err := engine.Open(fixtures.Path(t, "models/stories260K.gguf"), families...)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := m.NewSession(engine.Options{Context: 64})
	defer s.Close()
	if _, err := attach(s.Hooks); err != nil {
		t.Fatal(err)
	}
	batch, err := s.Forward(context.Background(), 1, 403, 407, 261, 378)
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Clone(batch.Data)
	next, err := s.Forward(context.Background(), 286)
	if err != nil {
		t.Fatal(err)
	}
	return append(all, next.Data...)
}

func archFamilies(r *api.Registry) []arch.Family {
	var list []arch.Family
	for _, f := range r.Families() {
		list = append(list, f.Arch())
	}
	return list
}

// TestInterpretedAndCompiledTwinsAgree runs each file both ways, and compares the logits bit for bit.
func TestInterpretedAndCompiledTwinsAgree(t *testing.T) {
	plain := logits(t, nil, func(*nn.Hooks) (func(), error) { return nil, nil })
	for _, c := range []struct {
		file     string
		register func(*api.Registry)
		same     bool // the logits are those of a run without the plugin
	}{
		{"../examples/plugins/rmsnorm/rmsnorm.go", rmsnorm.Register, false},
		{"../examples/plugins/streamrms/streamrms.go", streamrms.Register, true},
		{"../examples/plugins/headoff/headoff.go", headoff.Register, false},
		{"testdata/family/family.go", family.Register, true},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			p, err := plugins.Load(c.file, plugins.Output(t.Output()))
			if err != nil {
				t.Fatal(err)
			}
			var compiled api.Registry
			c.register(&compiled)
			got := logits(t, p.Families(), p.Attach)
			want := logits(t, archFamilies(&compiled), compiled.Attach)
			if !slices.Equal(got, want) {
				t.Error("the interpreted plugin gives other logits than the compiled one")
			}
			if slices.Equal(got, plain) != c.same {
				t.Errorf("logits as without the plugin: got %v, want %v", !c.same, c.same)
			}
		})
	}
}

// TestAFamilyThatFailsIsAnError opens a model whose family fails while it is built, and in its forward pass.
func TestAFamilyThatFailsIsAnError(t *testing.T) {
	for _, c := range []struct{ build, want string }{
		{"x := []int{}\nn := l.Vocab()\n_ = x[n]\nreturn nil", "fix.go:15: panic: "},
		{"return nil", "the family's function returns no forward pass"},
		{"return func(p *api.Pass) *api.Tensor {\nreturn p.Embed(\"token_embd\", nil)\n}", "panic: "},
	} {
		p := load(t, "r.Family(\"llama\", func(l *api.Loader) func(p *api.Pass) *api.Tensor {\n"+c.build+"\n})")
		m, err := engine.Open(fixtures.Path(t, "models/stories260K.gguf"), p.Families()...)
		if err == nil {
			m.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
}

// TestTheSessionOutlivesAFailingHook runs on after a panic in a plugin, with the result of a run that never had one.
func TestTheSessionOutlivesAFailingHook(t *testing.T) {
	m, err := engine.Open(fixtures.Path(t, "models/stories260K.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := m.NewSession(engine.Options{Context: 64})
	defer s.Close()
	forward := func() ([]float32, error) {
		s.Reset()
		out, err := s.Forward(context.Background(), 1, 403, 407)
		if err != nil {
			return nil, err
		}
		return slices.Clone(out.Data), nil
	}
	want, err := forward()
	if err != nil {
		t.Fatal(err)
	}
	p := load(t, "r.Replace(\"blk.1.attn_norm\", func(op *api.Op) error {\nx := op.Out.Data\nn := len(x)\nx[n] = 1\nreturn nil\n})")
	detach, err := p.Attach(s.Hooks)
	if err != nil {
		t.Fatal(err)
	}
	_, err = forward()
	var op *nn.OpError
	var placed *plugins.Error
	if !errors.As(err, &op) || !errors.As(err, &placed) || !errors.Is(err, plugins.ErrPanic) {
		t.Fatalf("got %v, want an *nn.OpError that holds a *plugins.Error", err)
	}
	if op.Op != "blk.1.attn_norm" || placed.Op != op.Op || placed.Line != 15 {
		t.Errorf("got %v of op %q in line %d, want blk.1.attn_norm in line 15", err, placed.Op, placed.Line)
	}
	detach()
	detach()
	if got, err := forward(); err != nil || !slices.Equal(got, want) {
		t.Errorf("after detach: other logits than before, error %v", err)
	}
}

func TestSelectorThatMatchesNothing(t *testing.T) {
	p := load(t, `r.On("blk.0.attn_nrom", func(op *api.Op) error { return nil })`)
	detach, err := p.Attach(nn.NewHooks([]nn.Point{{Name: "blk.0.attn_norm", Kind: nn.RMSNorm}}))
	var none *nn.NoMatchError
	var placed *plugins.Error
	if detach != nil || !errors.As(err, &none) || !errors.As(err, &placed) {
		t.Fatalf("got %v, want an error about the selector", err)
	}
	if want := []string{"blk.0.attn_norm"}; !slices.Equal(none.Nearest, want) {
		t.Errorf("nearest names: got %q, want %q", none.Nearest, want)
	}
}
