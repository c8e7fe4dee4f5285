package engine_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
)

var regen = flag.Bool("regen", false, "renew the golden results in testdata")

// golden is what the default model made of a prompt in exact numerics, when it was last renewed.
type golden struct {
	Prompt string
	Text   string    // the greedy continuation, up to its end
	IDs    []int32   // of both
	Logits []float32 // [vocabulary], behind the last id but one, which is where the end is chosen
}

const goldenPath = "testdata/default.json"

func TestGoldenStories(t *testing.T) {
	m := defaultModel(t)
	if *regen {
		renew(t, m)
	}
	b, err := os.ReadFile(goldenPath)
	if err != nil {
		t.Fatalf("%v (-regen makes it)", err)
	}
	var list []golden
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != len(prompts) {
		t.Fatalf("%s has %d stories, want %d", goldenPath, len(list), len(prompts))
	}
	if testing.Short() {
		list = list[:2]
	}
	for _, want := range list {
		checkStory(t, m, want.Prompt, want.IDs, want.Text)
		for _, c := range []struct {
			numerics *nn.Numerics
			nmse     float64 // two decades above what was seen
		}{{nn.Exact, 1e-13}, {nn.Fast, 1e-10}} {
			t.Run(want.Prompt+"/"+c.numerics.Name(), func(t *testing.T) {
				got := tell(t, m, c.numerics, want.Prompt)
				if got.Text != want.Text || !slices.Equal(got.IDs, want.IDs) {
					t.Errorf("got %q, want %q", got.Text, want.Text)
				}
				if e := nmse(got.Logits, want.Logits); !(e <= c.nmse) {
					t.Errorf("got logits with NMSE %.1e, want at most %.0e", e, c.nmse)
				}
			})
		}
	}
}

// tell generates step by step, and computes the last logits once more from one batch.
func tell(t *testing.T, m *engine.Model, n *nn.Numerics, prompt string) golden {
	t.Helper()
	s := m.NewSession(engine.Options{Numerics: n})
	defer s.Close()
	g, err := s.Generate(context.Background(), prompt, engine.Greedy(0))
	if err != nil {
		t.Fatal(err)
	}
	ids := slices.Concat(g.PromptIDs, g.IDs)
	s.Reset()
	logits, err := s.Next(context.Background(), ids[:len(ids)-1]...)
	if err != nil {
		t.Fatal(err)
	}
	return golden{prompt, g.Text, ids, slices.Clone(logits)}
}

func renew(t *testing.T, m *engine.Model) {
	t.Helper()
	var list []golden
	for _, prompt := range prompts {
		list = append(list, tell(t, m, nn.Exact, prompt))
	}
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldenPath, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func nmse(got, want []float32) float64 {
	tensor := func(x []float32) *nn.Tensor { return &nn.Tensor{Shape: []int{len(x)}, Data: x} }
	return nn.NMSE(tensor(got), tensor(want))
}
