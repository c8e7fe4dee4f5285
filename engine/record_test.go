package engine_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/trace"
)

// record traces a sentence of 16 tokens with the default model.
func record(t *testing.T, opt engine.TraceOptions) (*trace.Trace, error) {
	t.Helper()
	m := defaultModel(t)
	ids, err := m.Encode("Once upon a time, there was a girl")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "trace.safetensors")
	if err := m.Trace(context.Background(), file, ids, opt); err != nil {
		return nil, err
	}
	return openTrace(t, file), nil
}

// Every op of the default model has the same bits in exact numerics however the run is cut and named, and nearly the
// same in fast.
func TestTracesOfTheDefaultModelAgree(t *testing.T) {
	exact := engine.Options{Numerics: nn.Exact}
	ref, err := record(t, engine.TraceOptions{Session: exact})
	if err != nil {
		t.Fatal(err)
	}
	all := len(defaultModel(t).Points())
	if got := ref.Ops(); got != all {
		t.Errorf("recorded %d ops, want all %d", got, all)
	}
	for _, c := range []struct {
		name string
		opt  engine.TraceOptions
		ops  int // recorded
		want trace.Verdict
	}{
		{"step by step behind a batch", engine.TraceOptions{Session: exact, Batches: []int{13, 1, 1, 1}}, all, trace.Equal},
		{"one thread", engine.TraceOptions{Session: engine.Options{Numerics: nn.Exact, Threads: 1}}, all, trace.Equal},
		{"names of llama.cpp", engine.TraceOptions{Session: exact, Names: "llama.cpp"}, all, trace.Equal},
		{"some ops", engine.TraceOptions{Session: exact, Select: []nn.Selector{"blk.0-1.*", "kind:rms_norm"}}, 2*17 + 7, trace.Equal}, // blocks of 17, and the norms elsewhere
		{"fast", engine.TraceOptions{}, all, trace.Noise},
		{"broken", engine.TraceOptions{Prepare: breakNorms}, all, trace.Differs},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := record(t, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			found, err := trace.Compare(ref, got, trace.DefaultTolerance)
			if err != nil || found.Verdict != c.want {
				t.Errorf("got %v (%v), want %s", found.Summary(), err, c.want)
			}
			if got.Ops() != c.ops {
				t.Errorf("recorded %d ops, want %d", got.Ops(), c.ops)
			}
		})
	}
}

func breakNorms(s *engine.Session) error {
	_, err := s.On("kind:rms_norm", forgetRoot)
	return err
}

func TestTracesThatCannotBeAreRefused(t *testing.T) {
	for _, c := range []struct {
		opt  engine.TraceOptions
		want string
	}{
		{engine.TraceOptions{Batches: []int{10, 7}}, "do not fit 16 tokens"},
		{engine.TraceOptions{Batches: []int{10}}, "leave 6 of 16 tokens over"},
		{engine.TraceOptions{Batches: []int{-1, 17}}, "do not fit"},
		{engine.TraceOptions{Batches: []int{0, 16}}, "do not fit"},
		{engine.TraceOptions{Select: []nn.Selector{"blk.0.attn_nrom"}}, "blk.0.attn_norm"},
		{engine.TraceOptions{Session: engine.Options{Context: 8}}, "context"},
	} {
		if _, err := record(t, c.opt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want an error with %q", c.opt, err, c.want)
		}
	}
}
