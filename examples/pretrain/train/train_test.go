package train

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/examples/pretrain/bpe"
	"github.com/sonde-ml/sonde/examples/pretrain/corpus"
	"github.com/sonde-ml/sonde/examples/pretrain/model"
	"github.com/sonde-ml/sonde/gguf"
)

// small is a model that learns something in seconds.
var small = Settings{
	Model: model.Config{Vocab: 400, Dim: 32, Layers: 2, Heads: 4, KVHeads: 2, FFN: 48, Context: 512, Base: 10000, Eps: 1e-5},
	Seed:  1, Steps: 20, Tokens: 600, Rate: 1e-2, Warmup: 4,
}

// storyteller returns stories and the vocabulary in which they are told.
func storyteller(t *testing.T) (func() *Stories, *bpe.Vocab) {
	t.Helper()
	c, err := corpus.New(1)
	if err != nil {
		t.Fatal(err)
	}
	v := bpe.Train(CountWords(corpus.Reader{Corpus: c}, 200), small.Model.Vocab)
	path := filepath.Join(t.TempDir(), "vocab.gguf")
	w := gguf.Create(t.Context(), path)
	defer w.Abort()
	w.Set("general.architecture", gguf.ValueOf("llama"))
	v.Write(w)
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	tokens, err := token.New(f)
	if err != nil {
		t.Fatal(err)
	}
	return func() *Stories {
		return &Stories{Reader: corpus.Reader{Corpus: c}, Vocab: tokens, Context: small.Model.Context}
	}, v
}

// finish takes the steps that are left and returns the losses.
func finish(t *testing.T, tr *Trainer) []float64 {
	t.Helper()
	var losses []float64
	for !tr.Done() {
		loss, _, err := tr.Step()
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, loss)
	}
	return losses
}

func TestLossFallsAndTheFileHoldsTheModel(t *testing.T) {
	stories, vocab := storyteller(t)
	tr := New(small, stories(), 2)
	losses := finish(t, tr)
	if first, last := losses[0], losses[len(losses)-1]; last > first-1 {
		t.Errorf("got losses from %.2f to %.2f, want a fall of at least 1", first, last)
	}
	path := filepath.Join(t.TempDir(), "model.gguf")
	if err := Export(t.Context(), path, small.Model, tr.Params, vocab); err != nil {
		t.Fatal(err)
	}
	p, err := Rounded(small.Model, path)
	if err != nil {
		t.Fatal(err)
	}
	held := stories()
	held.Reader.HeldOut = true
	b, err := held.Batch(1000)
	if err != nil {
		t.Fatal(err)
	}
	run := model.NewRun[float32](small.Model, 2)
	got, want := run.Loss(p, b), run.Loss(tr.Params, b)
	if got < want-0.01 || got > want+0.01 {
		t.Errorf("got loss %.4f of the file, want about %.4f as before it was rounded to F16", got, want)
	}
}

func TestResumedRunEndsWithTheSameWeights(t *testing.T) {
	stories, _ := storyteller(t)
	whole := New(small, stories(), 1)
	finish(t, whole)

	path := filepath.Join(t.TempDir(), "checkpoint.gguf")
	first := New(small, stories(), 2)
	for range 7 {
		if _, _, err := first.Step(); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Save(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	second := New(small, stories(), 2)
	if err := second.Resume(path); err != nil {
		t.Fatal(err)
	}
	finish(t, second)
	if !slices.Equal(whole.Params.Flat, second.Params.Flat) {
		t.Error("weights differ from those of a run that was not broken off")
	}
}

func TestCheckpointOfOtherSettingsIsRefused(t *testing.T) {
	stories, _ := storyteller(t)
	path := filepath.Join(t.TempDir(), "checkpoint.gguf")
	if err := New(small, stories(), 1).Save(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	other := small
	other.Rate = 1
	if err := New(other, stories(), 1).Resume(path); !errors.Is(err, ErrOtherSettings) {
		t.Errorf("got error %v, want kind %v", err, ErrOtherSettings)
	}
}

func TestBaselinesKnowWhatTheySaw(t *testing.T) {
	stories, _ := storyteller(t)
	learned, err := stories().Batch(30000)
	if err != nil {
		t.Fatal(err)
	}
	held := stories()
	held.Reader.HeldOut = true
	b, err := held.Batch(5000)
	if err != nil {
		t.Fatal(err)
	}
	l := NewBaseline(small.Model.Vocab, learned)
	if one, two := l.Unigram(b), l.Bigram(b); two >= one || one >= 6 || two < 1 {
		t.Errorf("got unigram %.2f and bigram %.2f, want the bigram lower, and both below log 400 = 5.99", one, two)
	}
}
