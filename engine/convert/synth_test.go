package convert_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/gguf"
)

func synth(tb testing.TB, opt convert.SynthOptions) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "m.gguf")
	if _, err := convert.Synth(context.Background(), path, opt); err != nil {
		tb.Fatal(err)
	}
	return path
}

func TestSynthRuns(t *testing.T) {
	for _, opt := range []convert.SynthOptions{
		{Like: "tiny"},
		{Like: "tiny", Type: "q8_0"},
		{Like: "tiny", Type: "q4_k_m"},
		{Like: "tiny", Type: "iq4_xs"},
		{Like: "tiny", Type: "tq1_0"},
		{Like: "tiny-moe", Type: "q4_k_m"},
		{Like: "tiny-moe", Type: "mxfp4_moe"},
		{Like: "tiny-moe", Type: "q8_0", Tensors: []string{"output.weight=f32"}},
	} {
		t.Run(opt.Like+" "+opt.Type, func(t *testing.T) { run(t, synth(t, opt)) })
	}
}

// TestSynthIsTheSame compares files of one seed made by different numbers of threads, and of another seed. The experts of
// tiny-moe are drawn from a pool, the other tensors encoded.
func TestSynthIsTheSame(t *testing.T) {
	opt := convert.SynthOptions{Like: "tiny-moe", Type: "q3_k_m", Seed: 3, Threads: 1}
	want := readFile(t, synth(t, opt))
	opt.Threads = 4
	if got := readFile(t, synth(t, opt)); !bytes.Equal(got, want) {
		t.Error("4 threads write other bytes than 1")
	}
	opt.Seed = 4
	if got := readFile(t, synth(t, opt)); bytes.Equal(got, want) {
		t.Error("seeds 3 and 4 give the same bytes")
	}
}

// TestSynthSpread looks at the spread of the weights, whether they are encoded or drawn: 1/√columns, less where they add to the
// residual stream, and the mean of rows around 0.
func TestSynthSpread(t *testing.T) {
	for _, typ := range []string{"f32", "q4_k"} {
		path := synth(t, convert.SynthOptions{Like: "tiny-moe", Type: typ, Seed: 1})
		for name, want := range map[string]float64{
			"token_embd.weight": 0.02, "output.weight": 1. / 16, "blk.0.attn_q.weight": 1. / 16, "blk.1.ffn_up_exps.weight": 1. / 16,
			"blk.1.ffn_down_exps.weight": 1 / math.Sqrt(512*2*2), "blk.0.attn_output.weight": 1 / math.Sqrt(256*2*2),
		} {
			x := weights(t, path, name)
			var sum, squares float64
			for _, v := range x {
				sum, squares = sum+float64(v), squares+float64(v)*float64(v)
			}
			rms, mean := math.Sqrt(squares/float64(len(x))), sum/float64(len(x))
			if math.Abs(rms/want-1) > 0.1 || math.Abs(mean) > 0.02*want {
				t.Errorf("%s %s: rms %.4g, mean %.2g, want about %.4g and 0", typ, name, rms, mean, want)
			}
		}
		for _, v := range weights(t, path, "blk.0.attn_norm.weight") {
			if v < 0.3 || v > 3 {
				t.Errorf("a norm weight is %g, want it around 1", v)
			}
		}
	}
}

func TestSynthVocabulary(t *testing.T) {
	m, err := engine.Open(synth(t, convert.SynthOptions{Like: "tiny", Type: "q8_0"}))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if w := m.Warnings(); len(w) > 0 {
		t.Errorf("warnings %v", w)
	}
	v, err := m.Tokenizer()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"the rain in Spain", "x := 3 * (y - 1) // {ok}", "naïve 雨 🎲", "a  b\n\tc"} {
		ids, err := v.Encode(text, token.EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		back, err := v.Decode(ids[1:], token.DecodeOptions{})
		if err != nil || back != text {
			t.Errorf("%q: got %q, %v back", text, back, err)
		}
		if ids[0] != 1 || slices.Contains(ids, 0) {
			t.Errorf("%q: ids %v, want BOS first and none unknown", text, ids)
		}
	}
	if ids, err := v.Encode("eat at tea", token.EncodeOptions{}); err != nil || len(ids) > 8 {
		t.Errorf("ids %v, %v, want pairs of letters to be merged", ids, err)
	}
}

func TestSynthRefuses(t *testing.T) {
	for _, tc := range []struct {
		opt  convert.SynthOptions
		kind error
	}{
		{convert.SynthOptions{Like: "gpt-5"}, convert.ErrUnknownShape},
		{convert.SynthOptions{Like: "tiny", Type: "q4"}, gguf.ErrUnknownType},
		{convert.SynthOptions{Like: "tiny", Tensors: []string{"x=q8_0"}}, convert.ErrBadOverride},
	} {
		path := filepath.Join(t.TempDir(), "m.gguf")
		if _, err := convert.Synth(context.Background(), path, tc.opt); !errors.Is(err, tc.kind) || exists(path) {
			t.Errorf("%+v: got %v, want %v and no file", tc.opt, err, tc.kind)
		}
	}
}

func TestSynthCancelled(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	_, err := convert.Synth(ctx, filepath.Join(dir, "m.gguf"), convert.SynthOptions{Like: "tinyllama", Type: "q8_0",
		Progress: func(done, total int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
		t.Errorf("the folder has %v, want nothing", list)
	}
}
