package convert_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// TestWhatLlamaCppWrote asks of files that llama-quantize made what they are already: then nothing is encoded, and every
// byte must stay, of the choice of types, the order of tensors and the metadata.
func TestWhatLlamaCppWrote(t *testing.T) {
	for _, tc := range []struct {
		file, typ string
		pure      bool
	}{
		{"llama-q4_k_m", "q4_k_m", false},
		{"llama-q4_k_m", "15", false},
		{"llama-pure-q8_0", "q8_0", false},
		{"llama-pure-q4_0", "q4_0", false},
		{"llama-pure-q4_1", "q4_1", false},
		{"llama-pure-q5_0", "q5_0", false},
		{"llama-pure-q5_1", "q5_1", false},
		{"llama-pure-q2_k", "q2_k", false},
		{"llama-pure-q3_k_m", "q3_k_m", true},
		{"llama-pure-q4_k_s", "q4_k", false},
		{"llama-pure-q5_k_s", "q5_k_s", true},
		{"llama-pure-q6_k", "q6_k", false},
		{"llama-pure-iq4_nl", "iq4_nl", false},
		{"llama-pure-iq4_xs", "iq4_xs", false},
		{"llama-pure-tq2_0", "tq2_0", false},
		{"llama-pure-mxfp4", "mxfp4", false},
	} {
		t.Run(tc.file+" "+tc.typ, func(t *testing.T) {
			in := fixtures.Path(t, "models/"+tc.file+".gguf")
			got, r := quantize(t, in, convert.QuantizeOptions{Type: tc.typ, Pure: tc.pure})
			want := readFile(t, in)
			if !bytes.Equal(got, want) {
				t.Errorf("the %d bytes differ from the %d of the input; types %v", len(got), len(want), r.Types)
			}
			if len(r.Warnings) > 0 {
				t.Errorf("warnings %q", r.Warnings)
			}
		})
	}
}

// TestEveryTypeRuns makes every type of a real F32 model, opens it and generates. Its rows of 64 and 144 weights make many
// types fall back; TestEveryTypeIsNearTheModel has wider ones.
func TestEveryTypeRuns(t *testing.T) {
	in := fixtures.Path(t, "models/llama.gguf")
	imatrix := imatrixFor(t, in, 3)
	for _, typ := range convert.Types() {
		t.Run(strings.ToLower(typ), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "m.gguf")
			opt := convert.QuantizeOptions{Type: typ, Imatrix: imatrix}
			if typ == "MXFP4_MOE" { // has nothing for Q8_0 to fall back on, as llama-quantize
				opt.Tensors = []string{"blk.*.ffn_down.weight=f16"}
			}
			r := quantizeTo(t, in, path, opt)
			if st, err := os.Stat(path); err != nil || st.Size() != r.Bytes {
				t.Errorf("got %v, %v, want a file of %d bytes", st, err, r.Bytes)
			}
			run(t, path)
		})
	}
}

func run(t *testing.T, path string) {
	t.Helper()
	m, err := engine.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := m.NewSession(engine.Options{})
	defer s.Close()
	g, err := s.Generate(context.Background(), "Once upon a time", engine.Greedy(2))
	if err != nil {
		t.Fatal(err)
	}
	if g.NonFinite != nil {
		t.Error(g.NonFinite)
	}
}

// TestEveryTypeIsNearTheModel measures the error that each block type adds to weights of normal distribution.
// The limits are round numbers above what was seen.
func TestEveryTypeIsNearTheModel(t *testing.T) {
	in := writeModel(t, map[string][]int{"blk.0.attn_q.weight": {20, 512}})
	imatrix := imatrixFor(t, in, 1)
	for name, limit := range map[string]float64{
		"f16": 1e-6, "bf16": 1e-5, "q8_0": 1e-4, "q6_k": 1e-3, "q5_k": 3e-3, "q5_0": 3e-3, "q5_1": 3e-3,
		"q4_k": 1e-2, "q4_0": 1e-2, "q4_1": 1e-2, "iq4_nl": 1e-2, "iq4_xs": 1e-2, "mxfp4": 2e-2, "nvfp4": 2e-2,
		"q3_k": 0.04, "iq3_s": 0.04, "iq3_xxs": 0.05, "q2_k": 0.15, "iq2_s": 0.15, "iq2_xs": 0.15, "iq2_xxs": 0.2,
		"iq1_m": 0.3, "iq1_s": 0.35, "q2_0": 0.7, "tq2_0": 0.8, "tq1_0": 0.8, "q1_0": 0.5,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "m.gguf")
			quantizeTo(t, in, path, convert.QuantizeOptions{Type: name, Imatrix: imatrix})
			want, got := weights(t, in, "blk.0.attn_q.weight"), weights(t, path, "blk.0.attn_q.weight")
			if got := nmse(want, got); got > limit {
				t.Errorf("NMSE %.3g, want at most %g", got, limit)
			}
		})
	}
}

// TestExpertsHaveTheirOwnImportance compares with the encoder, called for each expert with its part of the matrix.
func TestExpertsHaveTheirOwnImportance(t *testing.T) {
	const name, e, rows, columns = "blk.0.ffn_down_exps.weight", 3, 300, 512
	in := writeModel(t, map[string][]int{name: {e, rows, columns}})
	imatrix := imatrixFor(t, in, e)
	out := filepath.Join(t.TempDir(), "m.gguf")
	quantizeTo(t, in, out, convert.QuantizeOptions{Type: "q4_1", Imatrix: imatrix})

	x := weights(t, in, name)
	f := open(t, out)
	tensor, _ := f.Tensor(name)
	size, _ := gguf.Q4_1.RowBytes(rows * columns)
	for i := range e {
		want := make([]byte, size)
		err := quant.Encode(gguf.Q4_1, want, x[i*rows*columns:][:rows*columns], imatrix.Entries[name][i*columns:][:columns])
		if err != nil {
			t.Fatal(err)
		}
		if got := tensor.Bytes()[i*size:][:size]; !bytes.Equal(got, want) {
			t.Errorf("expert %d differs", i)
		}
	}
}

func TestThreadsDoNotShow(t *testing.T) {
	in := writeModel(t, map[string][]int{
		"token_embd.weight": {700, 512}, "output.weight": {700, 512}, "blk.0.attn_v.weight": {64, 512},
		"blk.0.ffn_down_exps.weight": {4, 120, 512}, "blk.0.attn_norm.weight": {512},
	})
	imatrix := imatrixFor(t, in, 1)
	imatrix.Entries["blk.0.ffn_down_exps.weight"] = positive(4*512, 9)
	for _, typ := range []string{"q4_k_m", "2", "q8_0", "f16"} {
		var want []byte
		for _, threads := range []int{1, 2, 5} {
			got, _ := quantize(t, in, convert.QuantizeOptions{Type: typ, Imatrix: imatrix, Threads: threads})
			if want == nil {
				want = got
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s: %d threads write other bytes than 1", typ, threads)
			}
		}
	}
}

func TestOverrides(t *testing.T) {
	in := fixtures.Path(t, "models/llama.gguf")
	_, r := quantize(t, in, convert.QuantizeOptions{Type: "q8_0", Tensors: []string{
		"output.weight=f32", "blk.*.ffn_down.weight=BF16", "blk.0.*=q5_1", "blk.[01].attn_?.weight=q4_0",
	}})
	want := map[string]string{
		"output.weight": "F32", "token_embd.weight": "Q8_0", "blk.0.ffn_down.weight": "BF16", "blk.0.attn_q.weight": "Q5_1",
		"blk.1.attn_q.weight": "Q4_0", "blk.2.attn_q.weight": "Q8_0", "blk.0.attn_norm.weight": "F32",
	}
	for _, tensor := range r.Tensors {
		if w := want[tensor.Name]; w != "" && tensor.Type != w {
			t.Errorf("%s: got %s, want %s", tensor.Name, tensor.Type, w)
		}
	}
	for _, bad := range []string{"", "=q8_0", "output.weight", "output.weight=", "output.weight=q9", "[=q8_0", "nothing=q8_0", "*_norm.weight=q8_0"} {
		_, err := convert.Quantize(context.Background(), open(t, in), filepath.Join(t.TempDir(), "m.gguf"),
			convert.QuantizeOptions{Type: "q8_0", Tensors: []string{"token_embd.weight=f16", bad}})
		if e := (*convert.OptionError)(nil); !errors.As(err, &e) || !strings.Contains(err.Error(), bad) {
			t.Errorf("override %q: got %v, want an OptionError with it", bad, err)
		}
	}
}

func TestMetadata(t *testing.T) {
	in := fixtures.Path(t, "models/llama.gguf")
	imatrix := imatrixFor(t, in, 1)
	imatrix.File, imatrix.Datasets, imatrix.Chunks = strings.Repeat("é", 100), []string{"a.txt", "b.txt"}, 12
	path := filepath.Join(t.TempDir(), "m.gguf")
	quantizeTo(t, in, path, convert.QuantizeOptions{Type: "q5_k_m", Imatrix: imatrix})
	f := open(t, path)
	for key, want := range map[string]any{
		"general.name": "llama random F32", "llama.block_count": uint64(3),
		"general.quantization_version": uint64(2), "general.file_type": uint64(17),
		"quantize.imatrix.file": strings.Repeat("é", 63), "quantize.imatrix.dataset": "a.txt",
		"quantize.imatrix.entries_count": uint64(len(imatrix.Entries)), "quantize.imatrix.chunks_count": uint64(12),
	} {
		v, ok := f.Lookup(key)
		if got := v.Any(-1); !ok || got != want {
			t.Errorf("%s: got %v, want %v", key, got, want)
		}
	}
	keys := f.Keys()
	if got := keys[len(keys)-6].Key + " " + keys[len(keys)-5].Key; got != "general.quantization_version general.file_type" {
		t.Errorf("before the importance matrix's keys stand %s", got)
	}
	if inTokens, gotTokens := tokens(t, open(t, in)), tokens(t, f); !slices.Equal(inTokens, gotTokens) {
		t.Error("the vocabulary has changed")
	}
}

func tokens(t *testing.T, f *gguf.File) []string {
	t.Helper()
	list, err := f.Strings("tokenizer.ggml.tokens")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestQuantisedAgain(t *testing.T) {
	in := fixtures.Path(t, "models/llama-pure-q8_0.gguf")
	_, r := quantize(t, in, convert.QuantizeOptions{Type: "q4_0"})
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "15 tensors") || !strings.Contains(r.Warnings[0], "Q8_0") {
		t.Errorf("got warnings %q, want one about 15 tensors of Q8_0", r.Warnings)
	}
	if _, r = quantize(t, in, convert.QuantizeOptions{Type: "f32"}); len(r.Warnings) > 0 {
		t.Errorf("got warnings %q for decoding, want none", r.Warnings)
	}
}

func TestImportanceIsNeeded(t *testing.T) {
	in := writeModel(t, map[string][]int{
		"token_embd.weight": {8, 256}, "output.weight": {8, 256}, "blk.0.attn_q.weight": {8, 256}, "blk.0.ffn_up.weight": {8, 256},
		"blk.0.attn_norm.weight": {256},
	})
	partly := &convert.Imatrix{Entries: map[string][]float32{"blk.0.attn_q.weight": positive(256, 1)}}
	for _, tc := range []struct {
		typ     string
		imatrix *convert.Imatrix
		lacking []string
	}{
		{"iq2_xxs", nil, []string{"blk.0.attn_q.weight", "blk.0.ffn_up.weight"}},
		{"iq2_xxs", partly, []string{"blk.0.ffn_up.weight"}},
		{"iq1_m", nil, []string{"blk.0.attn_q.weight", "blk.0.ffn_up.weight"}},
		{"iq3_xxs", partly, []string{"blk.0.ffn_up.weight"}},
		{"q2_k_s", nil, []string{"blk.0.attn_q.weight", "blk.0.ffn_up.weight"}},
		{"q2_k", nil, nil},
		{"iq3_s", nil, nil},
		{"iq4_xs", partly, nil},
	} {
		path := filepath.Join(t.TempDir(), "m.gguf")
		_, err := convert.Quantize(context.Background(), open(t, in), path, convert.QuantizeOptions{Type: tc.typ, Imatrix: tc.imatrix})
		var needs *convert.NeedsImatrixError
		errors.As(err, &needs)
		if tc.lacking == nil {
			if err != nil {
				t.Errorf("%s: %v", tc.typ, err)
			}
			continue
		}
		if needs == nil || !slices.Equal(needs.Tensors, tc.lacking) || !errors.Is(err, quant.ErrNeedsImatrix) || exists(path) {
			t.Errorf("%s: got %v, want to hear that %v need importance, and no file", tc.typ, err, tc.lacking)
		}
		if !strings.Contains(err.Error(), strings.Join(tc.lacking, ", ")) {
			t.Errorf("%s: got %q, want it with %v", tc.typ, err, tc.lacking)
		}
	}
}

func TestImportanceOfAnotherModel(t *testing.T) {
	in := writeModel(t, map[string][]int{"token_embd.weight": {8, 256}, "blk.0.attn_q.weight": {8, 256}})
	for name, wantErr := range map[string]bool{"token_embd.weight": false, "blk.0.attn_q.weight": true} {
		imatrix := &convert.Imatrix{File: "x.imatrix", Entries: map[string][]float32{name: positive(128, 1)}}
		_, err := convert.Quantize(context.Background(), open(t, in), filepath.Join(t.TempDir(), "m.gguf"),
			convert.QuantizeOptions{Type: "q8_0", Imatrix: imatrix})
		if got := errors.Is(err, convert.ErrBadImatrix); got != wantErr {
			t.Errorf("%s: got %v, want an error: %t", name, err, wantErr)
		}
	}
}

func TestWeightsMustBeFinite(t *testing.T) {
	for _, tc := range []struct {
		name string
		v    float32
		typ  string
		want string
	}{
		{"NaN", float32(math.NaN()), "q8_0", "weight 3 of row 1"},
		{"infinity", float32(math.Inf(-1)), "f16", "-Inf"},
		{"beyond F16", 1e6, "f16", "F16"},
		{"a scale beyond F16", 1e10, "q4_k", "Q4_K"},
	} {
		x := positive(2*256, 5)
		x[256+3] = tc.v
		in := writeTensors(t, tensor{"blk.0.attn_q.weight", []int{2, 256}, x})
		path := filepath.Join(t.TempDir(), "m.gguf")
		_, err := convert.Quantize(context.Background(), open(t, in), path, convert.QuantizeOptions{Type: tc.typ})
		if !errors.Is(err, convert.ErrNotFinite) || !strings.Contains(err.Error(), tc.want) || exists(path) {
			t.Errorf("%s: got %v, want that it is not finite, with %q, and no file", tc.name, err, tc.want)
		}
	}
}

func positive(n int, seed uint64) []float32 {
	r, x := rand.New(rand.NewPCG(seed, 1)), make([]float32, n)
	for i := range x {
		x[i] = float32(math.Exp(r.NormFloat64()))
	}
	return x
}

// TestCorrected looks at a row with a sub-block of zeros among others, which llama.cpp's encoder of IQ3_S displaces.
func TestCorrected(t *testing.T) {
	const name = "blk.0.attn_q.weight"
	x := positive(256, 5)
	clear(x[64:96])
	in := writeTensors(t, tensor{name, []int{2, 256}, append(x, positive(256, 6)...)})
	want := weights(t, in, name)
	for corrected, near := range map[bool]bool{false: false, true: true} {
		path := filepath.Join(t.TempDir(), "m.gguf")
		r := quantizeTo(t, in, path, convert.QuantizeOptions{Type: "iq3_s", Corrected: corrected})
		if got := nmse(want, weights(t, path, name)); (got < 0.1) != near || (len(r.Warnings) > 0) != corrected {
			t.Errorf("corrected %t: NMSE %g, warnings %q, want it near the model and said: %t", corrected, got, r.Warnings, near)
		}
	}
}
