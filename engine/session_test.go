package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

func session(t testing.TB, opt engine.Options) *engine.Session {
	t.Helper()
	s := open(t, fixtures.Path(t, "models/stories260K.gguf")).NewSession(opt)
	t.Cleanup(s.Close)
	return s
}

func TestPrefillHasTheBitsOfStepByStep(t *testing.T) {
	for _, opt := range []engine.Options{{Numerics: nn.Exact}, {Numerics: nn.Fast, BatchInvariant: true}} {
		s := session(t, opt)
		ids := prefix(40)
		logits, err := s.Forward(context.Background(), ids...)
		if err != nil {
			t.Fatal(err)
		}
		want := logits.Clone()
		s.Reset()
		for i, id := range ids {
			got, err := s.Next(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want.Row(i)) {
				t.Fatalf("%s: the logits at position %d differ between one batch and step by step", opt.Numerics.Name(), i)
			}
		}
	}
}

// A prompt that is longer than a chunk is cut where nobody looks, which changes nothing.
func TestLongPromptsAreCut(t *testing.T) {
	s := session(t, engine.Options{Context: 1000})
	ids := prefix(700)
	cut, err := s.Next(context.Background(), ids...)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(cut)
	s.Reset()
	batches := 0
	if _, err := s.On("token_embd", func(*nn.Op) error { batches++; return nil }); err != nil {
		t.Fatal(err)
	}
	whole, err := s.Next(context.Background(), ids...)
	if err != nil || !slices.Equal(whole, want) {
		t.Errorf("one pass of 700 tokens gives other logits than two (%v)", err)
	}
	if batches != 1 {
		t.Errorf("a hook saw the prompt in %d passes, want 1", batches)
	}
}

func TestGenerateEnds(t *testing.T) {
	s := session(t, engine.Options{Context: 12})
	g, err := s.Generate(context.Background(), "Once upon a time", engine.Greedy(3))
	if err != nil || len(g.IDs) != 3 || len(g.Margins) != 3 || g.Text != ", there was" {
		t.Errorf("three tokens: %+v (%v)", g, err)
	}
	s.Reset()
	g, err = s.Generate(context.Background(), "Once upon a time", engine.Greedy(0))
	if err != nil || len(g.IDs) != 12-5+1 { // the last one is chosen from the full context and needs no place in it
		t.Errorf("a context of 12 and a prompt of 5: %d tokens (%v), want 8", len(g.IDs), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.Reset()
	opt := engine.Greedy(0)
	opt.Emit = func(string) { cancel() }
	g, err = s.Generate(ctx, "Once upon a time", opt)
	if !errors.Is(err, context.Canceled) || len(g.IDs) == 0 {
		t.Errorf("cancelled after the first text: %v with %d tokens, want Canceled with what there is", err, len(g.IDs))
	}
}

func TestSampledTextDependsOnTheSeedAlone(t *testing.T) {
	text := func(seed uint64, threads int) string {
		g, err := session(t, engine.Options{Threads: threads}).Generate(context.Background(), "Once upon a time", engine.Sampled(30, seed))
		if err != nil {
			t.Fatal(err)
		}
		return g.Text
	}
	if a, b := text(5, 1), text(5, 3); a != b {
		t.Errorf("one seed gave %q and %q", a, b)
	}
	if a, b := text(5, 1), text(6, 1); a == b {
		t.Errorf("two seeds both gave %q", a)
	}
}

func TestNonFiniteLogitsAreReportedWithTheirOp(t *testing.T) {
	s := session(t, engine.Options{})
	_, err := s.On("blk.2.ffn_gate", func(op *nn.Op) error {
		if op.Pos[0] == 6 {
			op.Out.Data[0] /= 0
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Generate(context.Background(), "Once upon a time", engine.Greedy(6))
	if err != nil {
		t.Fatal(err)
	}
	if len(g.IDs) != 6 || g.NonFinite == nil || g.NonFinite.Op != "blk.2.ffn_gate" || g.NonFinite.Pos != 6 {
		t.Errorf("generated %v, report %v; want 6 ids and blk.2.ffn_gate at position 6", g.IDs, g.NonFinite)
	}
}

func TestManySessionsRunOverOneModel(t *testing.T) {
	m := open(t, fixtures.Path(t, "models/stories260K.gguf"))
	texts := make(chan string, 4)
	for range cap(texts) {
		go func() {
			s := m.NewSession(engine.Options{Threads: 2})
			defer s.Close()
			g, err := s.Generate(context.Background(), "Once upon a time", engine.Greedy(12))
			if err != nil {
				texts <- err.Error()
				return
			}
			texts <- g.Text
		}()
	}
	for range cap(texts) {
		if got, want := <-texts, ", there was a little girl named Lily. She"; got != want {
			t.Errorf("a session generated %q, want %q", got, want)
		}
	}
}

func TestDefaultSaysWhatToSet(t *testing.T) {
	t.Setenv("SONDE_MODEL", "")
	if _, err := engine.Default(); !errors.Is(err, engine.ErrNoModel) || !strings.Contains(err.Error(), "SONDE_MODEL") {
		t.Errorf("without a model: %v", err)
	}
	t.Setenv("SONDE_MODEL", fixtures.Path(t, "models/stories260K.gguf"))
	m, err := engine.Default()
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
}

func TestUnknownIDsAreRefused(t *testing.T) {
	s := session(t, engine.Options{})
	for _, id := range []int32{-1, 512, 1 << 30} {
		if _, err := s.Next(context.Background(), 1, id); err == nil {
			t.Errorf("id %d was accepted by a model of 512 tokens", id)
		}
	}
	if _, err := s.Next(context.Background()); err == nil {
		t.Error("a pass without tokens was accepted")
	}
}
