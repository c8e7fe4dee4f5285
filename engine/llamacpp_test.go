package engine_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/trace"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

func open(t testing.TB, path string) *engine.Model {
	t.Helper()
	m, err := engine.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// TestEveryOpAgreesWithLlamaCpp runs what llama.cpp ran and compares op by op, in exact numerics, for every recorded
// run whose arithmetic was float32 and whose model we can open. NMSE 1e-10 leaves two decades to what was seen.
func TestEveryOpAgreesWithLlamaCpp(t *testing.T) {
	ran := 0
	for _, path := range fixtures.Glob(t, "traces/*.safetensors") {
		name := strings.TrimSuffix(filepath.Base(path), ".safetensors")
		model, kind, _ := strings.Cut(name, ".")
		if !strings.HasPrefix(model, "llama") && !strings.HasPrefix(model, "stories") {
			continue
		}
		plain := !strings.Contains(model, "pure") && !slices.Contains([]string{"llama-f16", "llama-bf16", "llama-q4_k_m"}, model)
		if kind != "f32act" && !(plain && slices.Contains([]string{"", "decode", "long"}, kind)) {
			continue // its activations, or its cache, were rounded
		}
		t.Run(name, func(t *testing.T) {
			ran++
			compareRun(t, model, path, nn.Exact, trace.DefaultTolerance)
		})
	}
	if ran == 0 {
		t.Skip("this fixtures folder has no float32 run of a llama model")
	}
}

// compareRun compares the model's run of a recorded trace with it, under both kinds of names.
func compareRun(t *testing.T, model, path string, n *nn.Numerics, tol float64) {
	m, ref := open(t, fixtures.Path(t, "models/"+model+".gguf")), openTrace(t, path)
	for _, names := range []string{"sonde", "llama.cpp"} {
		got := traceLike(t, model, ref, engine.TraceOptions{Session: engine.Options{Numerics: n}, Names: names})
		c, err := trace.Compare(ref, got, tol)
		if err != nil {
			t.Fatal(err)
		}
		if c.Verdict == trace.Differs {
			t.Errorf("under %s names: %s", names, c.Summary())
		}
		checkMissing(t, m, c.Missing)
	}
}

// checkMissing makes sure that what was not compared is what we have no op for.
func checkMissing(t *testing.T, m *engine.Model, missing []string) {
	for _, key := range missing {
		base, _, _ := strings.Cut(key, "@")
		if _, err := nn.Select(m.Points(), base); err == nil {
			t.Errorf("%s was not compared although we have it", key)
		}
	}
}

type greedyCase struct {
	Model          string
	WeightsDecoded int `json:"weights_decoded"`
	Prompt         string
	IDs, Greedy    []int32
	Margins        []float32
}

func greedyCases(t testing.TB) []greedyCase {
	b, err := os.ReadFile(fixtures.Path(t, "greedy.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []greedyCase }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

// TestGreedyContinuations compares ids with llama.cpp's where its arithmetic is float32, and ours.
func TestGreedyContinuations(t *testing.T) {
	for _, c := range greedyCases(t) {
		if c.WeightsDecoded == 0 && strings.Contains(c.Model, "pure") {
			continue // its activations were rounded
		}
		for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
			if c.WeightsDecoded != 0 && n == nn.Fast {
				continue // it rounds activations where weights are quantised
			}
			t.Run(c.Model+"/"+n.Name()+"/"+c.Prompt, func(t *testing.T) {
				s := open(t, fixtures.Path(t, "models/"+c.Model)).NewSession(engine.Options{Numerics: n})
				defer s.Close()
				opt := engine.Greedy(len(c.Greedy))
				opt.IgnoreEOS = true
				g, err := s.Generate(context.Background(), c.Prompt, opt)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(g.PromptIDs, c.IDs) {
					t.Errorf("the prompt has ids %v, want %v", g.PromptIDs, c.IDs)
				}
				if !slices.Equal(g.IDs, c.Greedy) {
					t.Errorf("generated %v, want %v", g.IDs, c.Greedy)
				}
			})
		}
	}
}
