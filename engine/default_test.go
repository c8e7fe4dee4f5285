package engine_test

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
)

// TestMain makes the embedded model the default, whatever the environment says.
func TestMain(m *testing.M) {
	os.Unsetenv("SONDE_MODEL")
	m.Run()
}

// defaultModel opens the embedded model.
func defaultModel(t testing.TB) *engine.Model {
	t.Helper()
	m, err := engine.Default()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func TestTheDefaultModelIsComplete(t *testing.T) {
	m := defaultModel(t)
	if w := m.Warnings(); len(w) > 0 {
		t.Errorf("warnings: %v, want none", w)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	for _, key := range []string{"general.name", "general.license", "general.description", "general.author"} {
		if v, err := m.File.String(key); err != nil || v == "" {
			t.Errorf("%s is %q (%v), want a text", key, v, err)
		}
	}
	if most := int64(2_000_000); m.File.Size > most {
		t.Errorf("the file has %d bytes, want at most %d", m.File.Size, most)
	}
	q, k, gate := weight(t, m, "blk.0.attn_q"), weight(t, m, "blk.0.attn_k"), weight(t, m, "blk.0.ffn_gate")
	if sizes := []int{q.Cols(), k.Rows(), gate.Rows()}; sizes[0] == sizes[1] || sizes[1] == sizes[2] || sizes[0] == sizes[2] {
		t.Errorf("width, key-value width and feed-forward width are %v, want three sizes, so that mistakes in a layout show", sizes)
	}
}

func weight(t *testing.T, m *engine.Model, name string) *nn.Weight {
	t.Helper()
	w, err := m.Weight(name + ".weight")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestANamedModelTakesThePlaceOfTheDefault(t *testing.T) {
	t.Setenv("SONDE_MODEL", "nowhere.gguf")
	if _, err := engine.Default(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "nowhere.gguf") {
		t.Errorf("got %v, want an error about nowhere.gguf", err)
	}
	path := filepath.Join(t.TempDir(), "copy.gguf")
	b, err := os.ReadFile("default.gguf")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SONDE_MODEL", path)
	m, err := engine.Default()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if got := m.Name(); got != "copy.gguf" {
		t.Errorf("opened %s, want copy.gguf", got)
	}
}

// prompts are what stories begin with.
var prompts = [...]string{"Once upon a time", "One day, Tom", "There was a little girl", "In the", "It was night."}

// A story is one: it has an end of its own, and words enough to be more than a phrase.
func TestDrawnStoriesEnd(t *testing.T) {
	for i, prompt := range prompts {
		s := session(t, engine.Options{})
		g, err := s.Generate(context.Background(), prompt, engine.Sampled(0, uint64(i+1)))
		if err != nil {
			t.Fatal(err)
		}
		checkStory(t, s.Model(), prompt, g.IDs, g.Text)
	}
}

func checkStory(t *testing.T, m *engine.Model, prompt string, ids []int32, text string) {
	t.Helper()
	v, err := m.Tokenizer()
	if err != nil {
		t.Fatal(err)
	}
	if words := len(strings.Fields(text)); words < 40 || !v.IsEOG(ids[len(ids)-1]) {
		t.Errorf("%q goes on with %d words, want at least 40 and an end: %q", prompt, words, text)
	}
}

// A model that learned a language knows what comes next; with one op broken it knows less than somebody who guesses.
func TestOneBrokenOpShows(t *testing.T) {
	m := defaultModel(t)
	text := tell(t, m, nn.Fast, prompts[0])
	surprise := func(broken bool) float64 {
		s := m.NewSession(engine.Options{})
		defer s.Close()
		if broken {
			if _, err := s.On("kind:rms_norm", forgetRoot); err != nil {
				t.Fatal(err)
			}
		}
		logits, err := s.Forward(context.Background(), text.IDs[:len(text.IDs)-1]...)
		if err != nil {
			t.Fatal(err)
		}
		return crossEntropy(logits, text.IDs[1:])
	}
	if healthy, broken, guess := surprise(false), surprise(true), math.Log(float64(m.Vocab())); healthy > 0.5 || broken < guess {
		t.Errorf("a story costs %.2f nats per token, and %.2f with norms that lack the root; want less than 0.5, and more than a guess: %.2f", healthy, broken, guess)
	}
}

// forgetRoot turns x/√m into x/m, m being the mean square.
func forgetRoot(op *nn.Op) error {
	for row := range op.Out.Rows() {
		var sum float64
		for _, v := range op.In[0].Row(row) {
			sum += float64(v) * float64(v)
		}
		scale := 1 / math.Sqrt(sum/float64(op.In[0].Width())+float64(op.Eps))
		for i := range op.Out.Row(row) {
			op.Out.Row(row)[i] *= float32(scale)
		}
	}
	return nil
}

// crossEntropy is the mean of −log p of the ids, in nats.
func crossEntropy(logits *nn.Tensor, ids []int32) float64 {
	var sum float64
	for i, id := range ids {
		row := logits.Row(i)
		top, total := float64(slices.Max(row)), 0.0
		for _, v := range row {
			total += math.Exp(float64(v) - top)
		}
		sum += math.Log(total) + top - float64(row[id])
	}
	return sum / float64(len(ids))
}
