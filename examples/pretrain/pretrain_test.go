package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/examples/pretrain/model"
	"github.com/sonde-ml/sonde/examples/pretrain/train"
)

// begun trains the real shape for a few steps and returns the file.
func begun(t *testing.T) string {
	t.Helper()
	o, err := parse([]string{"-steps", "3", "-tokens", "600", "-warmup", "2", "-dir", t.TempDir(), "-out", filepath.Join(t.TempDir(), "model.gguf")})
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(t.Context(), o, 300)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.train(t.Context()); err != nil {
		t.Fatal(err)
	}
	return o.out
}

func TestSondeRunsWhatWasTrained(t *testing.T) {
	path := begun(t)
	m, err := engine.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if got := m.Warnings(); len(got) > 0 {
		t.Errorf("got warnings %v, want none", got)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	p, err := train.Rounded(shape, path)
	if err != nil {
		t.Fatal(err)
	}
	g, err := tell(t.Context(), m, "Once upon a time", engine.Greedy(60))
	if err != nil {
		t.Fatal(err)
	}
	same, of, _ := strings.Cut(agreement(model.NewRun[float32](shape, 1), p, g), " of ")
	if same != of {
		t.Errorf("got %s of %s greedy ids equal to the training's, want all", same, of)
	}
}
