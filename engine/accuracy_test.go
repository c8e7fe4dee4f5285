package engine_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/trace"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// TestFastIsAsCloseAsLlamaCpp compares the error of fast's arithmetic with that of llama.cpp's, which rounds activations
// too: both against the same weights multiplied by float32 activations. testdata/accuracy.txt has what was measured.
func TestFastIsAsCloseAsLlamaCpp(t *testing.T) {
	var table strings.Builder
	fmt.Fprintf(&table, "%-20s %12s %12s %8s   %s\n", "model", "fast", "llama.cpp", "ratio", "NMSE of the logits against float32 activations")
	for _, path := range fixtures.Glob(t, "traces/llama*.f32act.safetensors") {
		model := strings.TrimSuffix(filepath.Base(path), ".f32act.safetensors")
		t.Run(model, func(t *testing.T) {
			ref := openTrace(t, path)
			fast := logitsError(t, ref, runTrace(t, model, ref, nn.Fast))
			theirs := logitsError(t, ref, openTrace(t, fixtures.Path(t, "traces/"+model+".safetensors")))
			fmt.Fprintf(&table, "%-20s %12.3g %12.3g %8.2f\n", model, fast, theirs, fast/theirs)
			if !(fast <= 1.25*theirs) {
				t.Errorf("fast is at NMSE %.3g, llama.cpp at %.3g", fast, theirs)
			}
		})
	}
	if *regen {
		if err := os.WriteFile("testdata/accuracy.txt", []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Log("\n" + table.String())
}

func openTrace(t *testing.T, path string) *trace.Trace {
	f, err := trace.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// runTrace records our run of what ref ran.
func runTrace(t *testing.T, model string, ref *trace.Trace, n *nn.Numerics) *trace.Trace {
	return traceLike(t, model, ref, engine.TraceOptions{Session: engine.Options{Numerics: n}})
}

// traceLike records our run of what ref ran, in its batches.
func traceLike(t *testing.T, model string, ref *trace.Trace, opt engine.TraceOptions) *trace.Trace {
	for _, b := range ref.Batches {
		opt.Batches = append(opt.Batches, len(b.Tokens))
	}
	file := filepath.Join(t.TempDir(), "got.safetensors")
	m := open(t, fixtures.Path(t, "models/"+model+".gguf"))
	if err := m.Trace(context.Background(), file, ref.Tokens(), opt); err != nil {
		t.Fatal(err)
	}
	return openTrace(t, file)
}

func logitsError(t *testing.T, ref, got *trace.Trace) float64 {
	c, err := trace.Compare(ref, got, trace.DefaultTolerance)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range c.Ops {
		if op.Ref == "result_output" {
			return op.NMSE
		}
	}
	return math.NaN()
}
