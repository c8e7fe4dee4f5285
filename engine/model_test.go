package engine_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/gguf"
)

// variant writes the default model with other metadata.
func variant(t *testing.T, changes map[string]gguf.Value) string {
	t.Helper()
	f := defaultModel(t).File
	path := filepath.Join(t.TempDir(), "variant.gguf")
	w := gguf.Create(context.Background(), path)
	defer w.Abort()
	for _, kv := range f.Keys() {
		v, changed := changes[kv.Key]
		if !changed {
			v = kv.Value
		}
		w.Set(kv.Key, v)
	}
	for _, x := range f.Tensors() {
		w.Declare(x.Name, x.Type, x.Shape...)
	}
	for _, x := range f.Tensors() {
		if _, err := w.Write(x.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Ids can be given where the kind of tokenizer is not known: everything but text works.
func TestAModelWithAnUnknownTokenizerRuns(t *testing.T) {
	m := open(t, variant(t, map[string]gguf.Value{"tokenizer.ggml.model": gguf.ValueOf("rwkv")}))
	if err := m.Check(); err != nil {
		t.Errorf("got error %v, want none", err)
	}
	if w := errors.Join(m.Warnings()...); !errors.Is(w, token.ErrUnsupportedKind) || !strings.Contains(w.Error(), "rwkv") {
		t.Errorf("got warnings %v, want one about the tokenizer", w)
	}
	if _, err := m.Encode("a text"); !errors.Is(err, token.ErrUnsupportedKind) {
		t.Errorf("a text has ids: %v", err)
	}
	s := m.NewSession(engine.Options{})
	defer s.Close()
	if _, err := s.Generate(context.Background(), "a text", engine.Greedy(3)); !errors.Is(err, token.ErrUnsupportedKind) {
		t.Errorf("a text is continued: %v", err)
	}
	g, err := s.GenerateFrom(context.Background(), []int32{1, 352, 458}, engine.Greedy(3))
	if err != nil || len(g.IDs) != 3 || g.Text != "" {
		t.Errorf("got %+v (%v), want three ids without a text", g, err)
	}
}

// All that is wrong is said at once, be it with the network or with the tokenizer.
func TestBrokenModelsAreRefused(t *testing.T) {
	path := variant(t, map[string]gguf.Value{"llama.block_count": gguf.ValueOf(uint32(6)), "tokenizer.ggml.eos_token_id": gguf.ValueOf(uint32(512))})
	_, err := engine.Open(path)
	for _, want := range []string{"blk.5.attn_q.weight", "tokenizer.ggml.eos_token_id"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %s in it", err, want)
		}
	}
}

func TestWeightsAreThoseOfTheFile(t *testing.T) {
	m := defaultModel(t)
	var names []string
	for _, w := range m.Weights() {
		names = append(names, w.Name)
	}
	var want []string
	for _, x := range m.File.Tensors() {
		want = append(want, x.Name)
	}
	if !slices.Equal(names, want) {
		t.Errorf("got weights %v, want all tensors %v", names, want)
	}
	if _, err := m.Weight("blk.5.attn_q.weight"); err == nil || !strings.Contains(err.Error(), "blk.5.attn_q.weight") {
		t.Errorf("got error %v, want one about the weight that is not there", err)
	}
	if got := m.Family(); got != "llama" {
		t.Errorf("got family %q, want llama", got)
	}
}

// A session that forgets the end of its context goes on as if it had never seen it.
func TestTruncatedSessionsGoOn(t *testing.T) {
	s := session(t, engine.Options{Numerics: nn.Exact})
	next := func(ids ...int32) []float32 {
		logits, err := s.Next(context.Background(), ids...)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(logits)
	}
	next(prefix(20)...)
	want := next(300)
	next(301, 302)
	s.Truncate(20)
	if got := next(300); !slices.Equal(got, want) || s.Len() != 21 {
		t.Errorf("other logits at position 20 after the context was cut there, or %d tokens seen, want 21", s.Len())
	}
}
