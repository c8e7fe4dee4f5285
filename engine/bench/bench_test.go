package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/bench"
	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/gguf"
)

// synth opens a model of random weights.
func synth(tb testing.TB, like, typ string) *engine.Model {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "m.gguf")
	if _, err := convert.Synth(context.Background(), path, convert.SynthOptions{Like: like, Type: typ}); err != nil {
		tb.Fatal(err)
	}
	m, err := engine.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { m.Close() })
	return m
}

func quick() bench.Options {
	return bench.Options{Quick: true, Prefill: []int{7, 24}, Decode: []int{5}, Threads: 2}
}

// near allows for rounding only.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b)) }

func TestFiguresAreWhatTheyAreDefinedToBe(t *testing.T) {
	for _, tc := range []struct {
		like, typ, name string
		bytes           int64 // of the weights that a token reads
		block, output   int64 // multiply-adds of a token, and of the logits
	}{
		{"tiny", "q8_0", "q8_0", 1_245_184*34/32 + 5*256*4, 2 * (256*256*2 + 64*256*2 + 3*256*512), 256 * 512},
		{"tiny", "f16", "f16", 1_245_184*2 + 5*256*4, 2 * (256*256*2 + 64*256*2 + 3*256*512), 256 * 512},
		{"tiny-moe", "q4_k_m", "q4_k_m", 0, 2 * (256*256*2 + 64*256*2 + 4*256 + 2*3*256*512), 256 * 512},
	} {
		m := synth(t, tc.like, tc.typ)
		if tc.bytes == 0 {
			tc.bytes = readPerToken(m, 0.5)
		}
		if got := readPerToken(m, 0.5); got != tc.bytes {
			t.Errorf("%s %s: a token reads %d bytes, want %d", tc.like, tc.typ, got, tc.bytes)
		}
		r, err := bench.Run(t.Context(), m, quick())
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Results) != 3 {
			t.Fatalf("%d results, want 3", len(r.Results))
		}
		for _, res := range r.Results {
			passes := 1
			ceiling, figure := r.Ceilings.Int8GMACs, res.GMACs
			if tc.typ == "f16" {
				ceiling = r.Ceilings.F32GFLOPs / 2
			}
			if res.Phase == bench.Decode {
				passes, ceiling, figure = res.Tokens, r.Ceilings.ReadGBps, res.GBps
			}
			muladds := float64(tc.block) + float64(tc.output)*float64(passes)/float64(res.Tokens)
			switch {
			case res.Type != tc.name:
				t.Errorf("type %q, want %q", res.Type, tc.name)
			case !near(res.GBps, res.TokensPerSecond*float64(tc.bytes)/1e9):
				t.Errorf("%s %s: %g GB/s at %g tokens/s, want bytes %d × tokens/s", res.Type, res.Phase, res.GBps, res.TokensPerSecond, tc.bytes)
			case !near(res.GMACs, res.TokensPerSecond*muladds/1e9):
				t.Errorf("%s %s: %g GMAC/s at %g tokens/s, want %g a token", res.Type, res.Phase, res.GMACs, res.TokensPerSecond, muladds)
			case !near(res.OfCeiling, figure/ceiling):
				t.Errorf("%s %s: %g of the ceiling, want %g / %g", res.Type, res.Phase, res.OfCeiling, figure, ceiling)
			}
			checkOps(t, res)
			checkAttention(t, res)
		}
	}
}

// readPerToken adds up what the file has, but for the embedding, and takes a share of the experts.
func readPerToken(m *engine.Model, ofExperts float64) (n int64) {
	for _, tensor := range m.File.Tensors() {
		switch {
		case tensor.Name == "token_embd.weight":
		case strings.Contains(tensor.Name, "_exps."):
			n += int64(ofExperts * float64(tensor.Size()))
		default:
			n += tensor.Size()
		}
	}
	return n
}

func checkOps(t *testing.T, res bench.Result) {
	t.Helper()
	var seconds, products, share float64
	var names []string
	for _, op := range res.Ops {
		names = append(names, op.Op)
		seconds += op.Seconds
		share += op.Share
		if op.Kind == "linear" || op.Kind == "expert_linear" {
			products += op.Seconds
		}
	}
	total := float64(res.Tokens) / res.TokensPerSecond
	switch {
	case names[0] != "token_embd" || names[len(names)-1] != "output" || !slices.Contains(names, "attn_q") || len(names) > 30:
		t.Errorf("ops %q, want those of a pass without their blocks", names)
	case !near(res.Outside, 1-share) || res.Outside <= 0 || res.Outside >= 1:
		t.Errorf("%s %s: %g of the time outside of ops, whose shares are %g", res.Type, res.Phase, res.Outside, share)
	case !near(seconds, share*total):
		t.Errorf("%s %s: ops take %g s, which is not %g of %g s", res.Type, res.Phase, seconds, share, total)
	case !near(res.MatMulOfCeiling, res.OfCeiling*total/products):
		t.Errorf("%s %s: products reach %g of the ceiling in %g of %g s, the pass %g", res.Type, res.Phase, res.MatMulOfCeiling, products, total, res.OfCeiling)
	}
}

// checkAttention counts again what the attention of the tiny shapes does: 2 blocks, 8 heads of 32, 2 key-value heads.
func checkAttention(t *testing.T, res bench.Result) {
	t.Helper()
	op := res.Ops[slices.IndexFunc(res.Ops, func(op bench.Op) bool { return op.Op == "attn_mix" })]
	n := float64(res.Tokens)
	seen := n * (n + 1) / 2 // cells, by all tokens
	muladds, cells := 2*2*8*32*seen, n
	if res.Phase == bench.Decode {
		cells = seen // they are read anew for each token
	}
	bytes := 2 * 4 * (2*2*32*cells + 2*8*32*n)
	if got := op.GMACs * op.Seconds * 1e9; !near(got, muladds) {
		t.Errorf("%s of %d tokens: attention of %g multiply-adds, want %g", res.Phase, res.Tokens, got, muladds)
	}
	if got := op.GBps * op.Seconds * 1e9; !near(got, bytes) {
		t.Errorf("%s of %d tokens: attention of %g bytes, want %g", res.Phase, res.Tokens, got, bytes)
	}
	if got := op.Intensity(); !near(got, muladds/bytes) {
		t.Errorf("%s of %d tokens: intensity %g, want %g", res.Phase, res.Tokens, got, muladds/bytes)
	}
}

func TestCeilingsArePositive(t *testing.T) {
	r, err := bench.Run(t.Context(), synth(t, "tiny", "q4_0"), quick())
	if err != nil {
		t.Fatal(err)
	}
	c := r.Ceilings
	if c.ReadGBps <= 0 || c.Int8GMACs <= 0 || c.F32GFLOPs <= 0 || c.Read.Streams == 0 || c.Clock < 0 {
		t.Errorf("ceilings %+v, want them above 0", c)
	}
	if c.Theory != nil && (c.Theory.Int8GMACs <= 0 || c.Theory.F32GFLOPs <= 0) {
		t.Errorf("theory %+v, want it above 0", c.Theory)
	}
	if r.CPU == "" || r.Level == "" || r.Threads != 2 {
		t.Errorf("report of %q, level %q, %d threads, want names, and 2", r.CPU, r.Level, r.Threads)
	}
}

func TestTypesAreMadeAndTakenAway(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	opt := quick()
	opt.Like, opt.Prefill = "tiny", []int{3}
	var done, total int
	opt.Progress = func(d, n int, what string) {
		if d < done || d > n || what == "" {
			t.Errorf("step %d of %d after %d: %q", d, n, done, what)
		}
		done, total = d, n
	}
	r, err := bench.RunTypes(t.Context(), []string{"Q4_0", "q4_k_m", "tq2_0"}, opt)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, res := range r.Results {
		got = append(got, res.Type+" "+res.Phase)
	}
	want := []string{"q4_0 prefill", "q4_0 decode", "q4_k_m prefill", "q4_k_m decode", "tq2_0 prefill", "tq2_0 decode"}
	if !slices.Equal(got, want) {
		t.Errorf("results %q, want %q", got, want)
	}
	if total-done > 1 {
		t.Errorf("the last step was %d of %d", done, total)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left of temporary files", left)
	}
}

func TestAllUnknownTypesAreReported(t *testing.T) {
	_, err := bench.RunTypes(t.Context(), []string{"q4_0", "q4", "copy"}, bench.Options{})
	if !errors.Is(err, gguf.ErrUnknownType) || !strings.Contains(err.Error(), `"q4"`) || !strings.Contains(err.Error(), `"copy"`) {
		t.Errorf("got %v, want both named", err)
	}
}

func TestTokensThatNoSessionTakes(t *testing.T) {
	m := synth(t, "tiny", "q4_0")
	for _, n := range []int{0, -1, engine.MaxContext + 1} {
		if _, err := bench.Run(t.Context(), m, bench.Options{Decode: []int{n}}); err == nil {
			t.Errorf("decoding %d tokens is no error", n)
		}
		if _, err := bench.MeasureGrowth(t.Context(), m, bench.Options{Prefill: []int{n}}); err == nil {
			t.Errorf("prefilling %d tokens is no error", n)
		}
	}
}

// Whenever it is cancelled, it ends with that error and leaves nothing behind.
func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for at := range 6 {
		ctx, cancel := context.WithCancel(t.Context())
		opt := quick()
		opt.Like = "tiny"
		steps := 0
		opt.Progress = func(int, int, string) {
			if steps++; steps > at {
				cancel()
			}
		}
		_, err := bench.RunTypes(ctx, []string{"q8_0"}, opt)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at step %d: %v", at, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("cancelled at step %d: %v is left", at, left)
		}
		cancel()
	}
}

func TestGrowth(t *testing.T) {
	opt := quick()
	opt.Decode = []int{40, 9, 600} // beyond what the model was made for
	g, err := bench.MeasureGrowth(t.Context(), synth(t, "tiny", "q8_0"), opt)
	if err != nil {
		t.Fatal(err)
	}
	var tokens []int
	for _, c := range g.Costs {
		tokens = append(tokens, c.Tokens)
		if c.Products <= 0 || c.Attention <= 0 || c.Products+c.Attention >= c.Seconds {
			t.Errorf("%+v: want both parts, and some time for other ops", c)
		}
	}
	if want := []int{7, 24, 9, 40, 600}; !slices.Equal(tokens, want) {
		t.Errorf("costs at %v tokens, want %v", tokens, want)
	}
}

func TestReportHasTheFieldsThatProgramsRelyOn(t *testing.T) {
	b, err := json.Marshal(bench.Report{Results: []bench.Result{{}}})
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	first := doc["results"].([]any)[0].(map[string]any)
	for _, part := range []struct {
		fields map[string]any
		want   string
	}{
		{doc, "cpu level threads ceilings results"},
		{doc["ceilings"].(map[string]any), "read_gbps int8_gmacs f32_gflops"},
		{first, "type phase tokens tokens_per_s gbps gmacs of_ceiling matmul_of_ceiling"},
	} {
		for _, name := range strings.Fields(part.want) {
			if _, ok := part.fields[name]; !ok {
				t.Errorf("no field %q in %s", name, b)
			}
		}
	}
}
