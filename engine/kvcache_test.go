package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/trace"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// roundedRuns are llama.cpp's runs whose attention read rounded keys and values. It rounds the queries too, and multiplies
// rounded probabilities unless attention was one op there. With values of F16 that op accumulates in F16.
var roundedRuns = []struct {
	model, run string
	cache      gguf.Type // and of the queries
	tol        float64   // NMSE of an op that has llama.cpp's inputs
}{
	{"stories260K", "kvf16", gguf.F16, 1e-12},
	{"llama-pure-q8_0", "kvf16", gguf.F16, 1e-12},
	{"llama-pure-q8_0", "kvq8_0", gguf.Q8_0, 1e-12},
	{"stories260K", "flash-f16", gguf.F16, 2e-7},
	{"stories260K", "flash-f32", gguf.F16, 2e-7}, // the kernel there converts a cache of F32
	{"llama-pure-q8_0", "flash-f16", gguf.F16, 2e-7},
	{"llama-pure-q8_0", "flash-f32", gguf.F16, 2e-7},
}

// TestAttentionOverRoundedCachesAgreesWithLlamaCpp gives every attention the queries, keys and values of llama.cpp's run,
// and each of its ops the inputs that it had there.
func TestAttentionOverRoundedCachesAgreesWithLlamaCpp(t *testing.T) {
	for _, run := range roundedRuns {
		t.Run(run.model+"."+run.run, func(t *testing.T) {
			ref := openTrace(t, fixtures.Path(t, "traces/"+run.model+"."+run.run+".safetensors"))
			m := open(t, fixtures.Path(t, "models/"+run.model+".gguf"))
			s := m.NewSession(engine.Options{Numerics: nn.Exact, KVCache: run.cache})
			defer s.Close()
			f := &forced{t: t, ref: ref, tol: run.tol, flash: flashNodes(ref)}
			f.hook(s, run.cache)
			if _, err := s.Forward(context.Background(), ref.Tokens()...); err != nil {
				t.Fatal(err)
			}
			if f.compared == 0 {
				t.Error("nothing was compared")
			}
			t.Logf("%d ops, NMSE at most %.1e", f.compared, f.worst)
		})
	}
}

// forced compares ops of a run with a reference, and goes on with what the reference has.
type forced struct {
	t        *testing.T
	ref      *trace.Trace
	tol      float64
	flash    []string // keys of attention in one op, one a block; nil where it was three
	compared int
	worst    float64
}

func flashNodes(ref *trace.Trace) (keys []string) {
	for _, e := range ref.Entries {
		if e.Op == "FLASH_ATTN_EXT" {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

func (f *forced) hook(s *engine.Session, rounded gguf.Type) {
	on := func(sel string, agrees bool, key func(layer int) string) error {
		_, err := s.On("*."+sel, func(op *nn.Op) error { return f.take(op, key(op.Layer), agrees) })
		return err
	}
	node := func(name string) func(int) string {
		return func(layer int) string { return fmt.Sprintf(name, layer) }
	}
	errs := []error{
		on("attn_q_rope", false, node("Qcur-%d#2")), on("attn_k_rope", false, node("Kcur-%d#2")), on("attn_v", false, node("Vcur-%d")),
		roundInputs(s, rounded, f.flash == nil),
	}
	if f.flash == nil {
		errs = append(errs, on("attn_scores", true, node("kq-%d")), on("attn_probs", true, node("kq_soft_max-%d")), on("attn_mix", true, node("kqv-%d")))
	} else {
		errs = append(errs, on("attn_mix", true, func(layer int) string { return f.flash[layer] }))
	}
	if err := errors.Join(errs...); err != nil {
		f.t.Fatal(err)
	}
}

// take replaces what op gave by what the reference has under key, after comparing the two where they should agree.
func (f *forced) take(op *nn.Op, key string, agrees bool) error {
	e, ok := f.ref.Entry(key)
	if !ok {
		return fmt.Errorf("the reference has no %s", key)
	}
	values, err := e.Values()
	if err != nil {
		return err
	}
	want := &nn.Tensor{Shape: op.Out.Shape, Data: values}
	if strings.HasPrefix(key, "kqv-") {
		want = headsInside(want)
	}
	if agrees {
		e := nn.NMSE(op.Out, want)
		f.compared, f.worst = f.compared+1, max(f.worst, e)
		if !(e <= f.tol) {
			f.t.Errorf("%s against %s: NMSE %.1e, want at most %.0e", op.Name, key, e, f.tol)
		}
	}
	copy(op.Out.Data, want.Data)
	return nil
}

// headsInside returns the numbers of x, which lie as [heads, tokens, head_dim], in the order of its shape [tokens, heads, head_dim].
func headsInside(x *nn.Tensor) *nn.Tensor {
	y := nn.NewTensor(x.Shape...)
	tokens, heads := x.Shape[0], x.Shape[1]
	for i := range tokens * heads {
		copy(y.Row(i), x.Row(i%heads*tokens+i/heads))
	}
	return y
}

// roundInputs rounds queries as llama.cpp does over a cache of that type, and the probabilities to F16.
func roundInputs(s *engine.Session, typ gguf.Type, probs bool) error {
	_, err := s.Before("*.attn_scores", func(op *nn.Op) error { return roundAs(typ, op.In[0].Data) })
	if err != nil || !probs {
		return err
	}
	_, err = s.Before("*.attn_mix", func(op *nn.Op) error { return roundAs(gguf.F16, op.In[0].Data) })
	return err
}

func roundAs(typ gguf.Type, x []float32) error {
	n, _ := typ.RowBytes(len(x))
	b := make([]byte, n)
	return errors.Join(quant.Encode(typ, b, x, nil), quant.Decode(typ, x, b))
}

// TestRunOverHalfPrecisionCacheAgreesWithLlamaCpp compares all ops of a whole run, whose every layer inherits the
// differences of those before: a last bit turns a rounding here and there. A float64 pass of other hands comes as near.
func TestRunOverHalfPrecisionCacheAgreesWithLlamaCpp(t *testing.T) {
	ref := openTrace(t, fixtures.Path(t, "traces/stories260K.kvf16.safetensors"))
	for _, test := range []struct {
		name    string
		prepare func(*engine.Session) error
		tol     float64
	}{
		{"all that llama.cpp rounds", func(s *engine.Session) error { return roundInputs(s, gguf.F16, true) }, 1e-8},
		{"keys and values alone", nil, 5e-6},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := traceLike(t, "stories260K", ref, engine.TraceOptions{
				Session: engine.Options{Numerics: nn.Exact, KVCache: gguf.F16}, Prepare: test.prepare,
			})
			c, err := trace.Compare(ref, got, test.tol)
			if err != nil || c.Verdict != trace.Noise {
				t.Errorf("%s (%v)", c.Summary(), err)
			}
			_, nmse := c.Errors()
			t.Logf("NMSE at most %.1e", slices.Max(nmse))
			if got, want := got.Meta["kv"], ref.Meta["kv"]; got != want {
				t.Errorf("the trace says kv %q, want %q", got, want)
			}
		})
	}
}

func TestSessionsKeepRoundedCaches(t *testing.T) {
	logits := func(typ gguf.Type, n *nn.Numerics) *nn.Tensor {
		got, err := session(t, engine.Options{Numerics: n, KVCache: typ}).Forward(context.Background(), prefix(40)...)
		if err != nil {
			t.Fatal(err)
		}
		return got.Clone()
	}
	for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
		half, full := logits(gguf.F16, n), logits(gguf.F32, n)
		if e := nn.NMSE(half, full); !(e > 1e-10 && e <= 1e-6) {
			t.Errorf("%s: a cache of F16 changes the logits by NMSE %.1e, want 1e-10 to 1e-6", n.Name(), e)
		}
	}
}

func TestCachesThatCannotHoldTheHeadsAreRefused(t *testing.T) {
	s := session(t, engine.Options{KVCache: gguf.Q8_0})
	_, err := s.Generate(context.Background(), "Once upon a time", engine.Greedy(3))
	var typeErr *nn.CacheTypeError
	if !errors.As(err, &typeErr) || typeErr.HeadDim != 16 || s.Len() != 0 {
		t.Errorf("Q8_0 for heads of 16: error %v with %d tokens, want a CacheTypeError and none", err, s.Len())
	}
}
