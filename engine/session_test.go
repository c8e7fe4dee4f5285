package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
)

func session(t testing.TB, opt engine.Options) *engine.Session {
	t.Helper()
	s := defaultModel(t).NewSession(opt)
	t.Cleanup(s.Close)
	return s
}

func TestPrefillHasTheBitsOfStepByStep(t *testing.T) {
	for _, opt := range []engine.Options{
		{Numerics: nn.Exact}, {Numerics: nn.Fast, BatchInvariant: true},
		{Numerics: nn.Exact, KVCache: gguf.F16}, {Numerics: nn.Fast, BatchInvariant: true, KVCache: gguf.F16},
	} {
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
				t.Fatalf("%s, %v: the logits at position %d differ between one batch and step by step", opt.Numerics.Name(), opt.KVCache, i)
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
	const size = 12
	s := session(t, engine.Options{Context: size})
	all, err := s.Generate(context.Background(), "Once upon a time", engine.Greedy(0))
	if want := size - len(all.PromptIDs) + 1; err != nil || len(all.IDs) != want { // the last needs no place in it
		t.Errorf("a context of %d and a prompt of %d: %d tokens (%v), want %d", size, len(all.PromptIDs), len(all.IDs), err, want)
	}
	s.Reset()
	g, err := s.Generate(context.Background(), "Once upon a time", engine.Greedy(3))
	if err != nil || len(g.IDs) != 3 || len(g.Margins) != 3 || g.Text == "" || !strings.HasPrefix(all.Text, g.Text) {
		t.Errorf("three tokens: %+v (%v), want the beginning of %q", g, err, all.Text)
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
	ids, err := s.Model().Encode("Once upon a time")
	if err != nil {
		t.Fatal(err)
	}
	at := int32(len(ids) + 1)
	_, err = s.On("blk.2.ffn_gate", func(op *nn.Op) error {
		if op.Pos[0] == at {
			op.Out.Data[0] /= 0
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.GenerateFrom(context.Background(), ids, engine.Greedy(6))
	if err != nil {
		t.Fatal(err)
	}
	if len(g.IDs) != 6 || g.NonFinite == nil || g.NonFinite.Op != "blk.2.ffn_gate" || g.NonFinite.Pos != int(at) {
		t.Errorf("generated %v, report %v; want 6 ids and blk.2.ffn_gate at position %d", g.IDs, g.NonFinite, at)
	}
}

func TestManySessionsRunOverOneModel(t *testing.T) {
	m := defaultModel(t)
	alone, err := session(t, engine.Options{}).Generate(context.Background(), "Once upon a time", engine.Greedy(12))
	if err != nil {
		t.Fatal(err)
	}
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
		if got := <-texts; got != alone.Text {
			t.Errorf("a session generated %q, want %q", got, alone.Text)
		}
	}
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
