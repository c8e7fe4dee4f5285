package trace

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// points are those of a pass of a few ops, with the aliases of a real one.
var points = []nn.Point{
	point("token_embd", nn.Embed, "embd", "GET_ROWS"),
	point("blk.0.attn_q", nn.MatMul, "Qcur-0", "MUL_MAT"),
	point("blk.0.attn_scores", nn.AttnScores, "kq-0", "MUL_MAT"),
	point("blk.0.attn_mix", nn.AttnMix, "kqv-0", "MUL_MAT"),
	point("blk.0.ffn_topk", nn.TopK, "ffn_moe_topk-0", "VIEW"),
}

func point(name string, kind nn.Kind, node, op string) nn.Point {
	return nn.Point{Name: name, Kind: kind, Aliases: nn.Aliases{LlamaCpp: node, LlamaCppOp: op}}
}

const heads, dim = 3, 2

// number is what element i of a row at position pos holds: anything that tells rows and elements apart.
func number(pos, i int) float32 { return float32(math.Sin(float64(7*pos + i + 1))) }

// ops returns the ops of a batch of n tokens behind start others.
func ops(start, n int) []*nn.Op {
	filled := func(shape []int, f func(at []int) float32) *nn.Tensor {
		t := nn.NewTensor(shape...)
		for i := range t.Data {
			at, rest := make([]int, len(shape)), i
			for d := len(shape) - 1; d >= 0; d-- {
				at[d], rest = rest%shape[d], rest/shape[d]
			}
			t.Data[i] = f(at)
		}
		return t
	}
	perToken := func(at []int) float32 { return number(start+at[0], at[1]) }
	perHead := func(at []int) float32 { return number(start+at[0], at[1]*dim+at[2]) }
	cells := start + n
	list := []*nn.Op{
		{Kind: nn.Embed, Out: filled([]int{n, 5}, perToken)},
		{Kind: nn.MatMul, Out: filled([]int{n, heads, dim}, perHead)},
		{Kind: nn.AttnScores, Out: filled([]int{heads, n, cells}, func(at []int) float32 { return number(start+at[1], 11*at[0]+at[2]) })},
		{Kind: nn.AttnMix, Out: filled([]int{n, heads, dim}, perHead)},
		{Kind: nn.TopK, Out: &nn.Tensor{Shape: []int{n, 2}, IDs: make([]int32, 2*n)}},
	}
	for i, op := range list {
		op.Name = points[i].Name
	}
	for i := range list[4].Out.IDs {
		list[4].Out.IDs[i] = int32((start*2 + i) * 5 % 7)
	}
	return list
}

// record writes a trace of six tokens in batches of these sizes; spoil may change an op before it is written.
func record(t *testing.T, names string, sizes []int, spoil func(*nn.Op)) *Trace {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.safetensors")
	w, err := Create(path, Info{Model: "toy.gguf", Names: names, Numerics: "exact", Context: 16, KVCache: "f32"}, points)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	tokens, start := []int32{9, 8, 7, 6, 5, 4}, 0
	for _, n := range sizes {
		w.Batch(tokens[start:start+n], start)
		for _, op := range ops(start, n) {
			if spoil != nil {
				spoil(op)
			}
			if err := w.Record(op); err != nil {
				t.Fatal(err)
			}
		}
		start += n
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	tr, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return tr
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	tr := record(t, "sonde", []int{4, 2}, nil)
	var keys []string
	for _, e := range tr.Entries {
		keys = append(keys, e.Key)
	}
	want := "token_embd blk.0.attn_q blk.0.attn_scores blk.0.attn_mix blk.0.ffn_topk " +
		"token_embd@1 blk.0.attn_q@1 blk.0.attn_scores@1 blk.0.attn_mix@1 blk.0.ffn_topk@1"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("keys are %q, want %q", got, want)
	}
	if got := tr.Batches[1]; !slices.Equal(got.Tokens, []int32{5, 4}) || !slices.Equal(got.Positions, []int32{4, 5}) {
		t.Errorf("the second batch is %v, want tokens 5 4 at positions 4 5", got)
	}
	e, _ := tr.Entry("blk.0.attn_q@1")
	values, err := e.Values()
	if err != nil || !slices.Equal(e.Shape, []int{2, heads, dim}) || values[0] != number(4, 0) || values[11] != number(5, 5) {
		t.Errorf("%s is %v %v (%v)", e.Key, e.Shape, values, err)
	}
	if e.Aliases.LlamaCpp != "Qcur-0" || e.Op != "linear" {
		t.Errorf("%s has op %q and aliases %+v", e.Key, e.Op, e.Aliases)
	}
	ids, _ := tr.Entry("blk.0.ffn_topk")
	if values, err := ids.Values(); err != nil || ids.DType != "I32" || values[3] != 1 {
		t.Errorf("%s is %s %v (%v)", ids.Key, ids.DType, values, err)
	}
}

func TestLlamaCppNamesHaveItsShapes(t *testing.T) {
	tr := record(t, "llama.cpp", []int{6}, nil)
	for key, shape := range map[string][]int{
		"embd": {6, 5}, "Qcur-0": {6, 6}, "kq-0": {heads, 6, 6}, "kqv-0": {heads, 6, dim}, "ffn_moe_topk-0": {6, 2},
	} {
		if e, ok := tr.Entry(key); !ok || !slices.Equal(e.Shape, shape) {
			t.Errorf("%s: %+v, want shape %v", key, e, shape)
		}
	}
	e, _ := tr.Entry("kqv-0")
	if v, _ := e.Values(); v[dim] != number(1, 0) { // head 0, token 1
		t.Errorf("kqv-0 is %v: heads do not stand before tokens", v)
	}
}

func TestVerdicts(t *testing.T) {
	nudge := func(name string, f func(x []float32)) func(*nn.Op) {
		return func(op *nn.Op) {
			if op.Name == name {
				f(op.Out.Data)
			}
		}
	}
	whole := []int{6}
	for _, c := range []struct {
		name       string
		ref, got   string
		refSizes   []int
		gotSizes   []int
		spoil      func(*nn.Op)
		want       Verdict
		first      string
		firstInRef string
	}{
		{"the same", "sonde", "sonde", whole, whole, nil, Equal, "", ""},
		{"other names", "llama.cpp", "sonde", whole, whole, nil, Equal, "", ""},
		{"other names, the other way", "sonde", "llama.cpp", whole, whole, nil, Equal, "", ""},
		{"other batches", "sonde", "sonde", whole, []int{3, 1, 2}, nil, Equal, "", ""},
		{"other batches, the other way", "sonde", "sonde", []int{1, 5}, whole, nil, Equal, "", ""},
		{"other batches and names", "llama.cpp", "sonde", []int{2, 2, 2}, []int{5, 1}, nil, Equal, "", ""},
		{
			"a last bit", "sonde", "sonde", whole, whole,
			nudge("blk.0.attn_q", func(x []float32) { x[3] = math.Nextafter32(x[3], 9) }), Noise, "", "",
		},
		{
			"a wrong number", "llama.cpp", "sonde", whole, whole,
			nudge("blk.0.attn_mix", func(x []float32) { x[3] += 0.1 }), Differs, "blk.0.attn_mix", "kqv-0",
		},
		{
			"not a number", "sonde", "llama.cpp", whole, whole,
			nudge("blk.0.attn_scores", func(x []float32) { x[0] = float32(math.NaN()) }), Differs, "blk.0.attn_scores", "blk.0.attn_scores",
		},
		{
			"another shape", "sonde", "sonde", whole, whole,
			func(op *nn.Op) {
				if op.Name == "token_embd" {
					op.Out = nn.NewTensor(op.Out.Shape[0], 4)
				}
			}, Differs, "token_embd", "token_embd",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Compare(record(t, c.ref, c.refSizes, nil), record(t, c.got, c.gotSizes, c.spoil), DefaultTolerance)
			if err != nil {
				t.Fatal(err)
			}
			first := OpDiff{}
			if got.First != nil {
				first = *got.First
			}
			if got.Verdict != c.want || first.Op != c.first || first.Ref != c.firstInRef {
				t.Errorf("%s (first %q, %q in the reference); want %s, %q, %q",
					got.Summary(), first.Op, first.Ref, c.want, c.first, c.firstInRef)
			}
			if len(got.Missing) > 0 || len(got.Ops) != len(c.refSizes)*len(points) {
				t.Errorf("%d ops compared, %v missing, want all", len(got.Ops), got.Missing)
			}
		})
	}
}

func TestNMSE(t *testing.T) {
	m := metrics{same: true}
	m.add([]float32{3, 4}, []float32{3, 4.5})
	var d OpDiff
	m.result(&d)
	if want := 0.25 / 25; d.NMSE != want || d.MaxAbs != 0.5 || d.Same {
		t.Errorf("NMSE %g, max abs %g, same %v; want %g, 0.5, false", d.NMSE, d.MaxAbs, d.Same, want)
	}
	if want := (9 + 18.0) / (5 * math.Hypot(3, 4.5)); math.Abs(d.Cos-want) > 1e-15 {
		t.Errorf("cosine %g, want %g", d.Cos, want)
	}
}

func TestNothingInCommonIsAnError(t *testing.T) {
	a := record(t, "sonde", []int{6}, nil)
	other := write(t, map[string]headerEntry{"x": {"F32", []uint64{1}, [2]uint64{0, 4}}}, make([]byte, 4))
	b, err := Open(other)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := Compare(a, b, DefaultTolerance); err == nil {
		t.Error("two traces without a common op were compared")
	}
}

// write makes a file of a header and data.
func write(t testing.TB, header any, data []byte) string {
	t.Helper()
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "w.safetensors")
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	if err := os.WriteFile(path, slices.Concat(b, text, data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBrokenFilesAreRefused(t *testing.T) {
	entry := func(dtype string, begin, end uint64, shape ...uint64) map[string]headerEntry {
		return map[string]headerEntry{"x": {dtype, shape, [2]uint64{begin, end}}}
	}
	for name, header := range map[string]any{
		"not an object":          []int{1},
		"an unknown type":        entry("F31", 0, 8, 2),
		"data behind the end":    entry("F32", 0, 16, 4),
		"end before begin":       entry("F32", 8, 0, 2),
		"size and shape differ":  entry("F32", 0, 8, 3),
		"a shape that overflows": entry("F32", 0, 8, 1<<62, 4),
		"shape and key missing":  map[string]any{"x": 7},
		"overlap": map[string]headerEntry{
			"x": {"F32", []uint64{2}, [2]uint64{0, 8}}, "y": {"F32", []uint64{1}, [2]uint64{4, 8}},
		},
		"broken metadata": map[string]any{"__metadata__": map[string]string{"order": "[1"}},
		"metadata of numbers": map[string]any{
			"__metadata__": map[string]int{"order": 1},
		},
	} {
		_, err := Open(write(t, header, make([]byte, 8)))
		if !errors.Is(err, ErrFormat) {
			t.Errorf("%s: error %v, want ErrFormat", name, err)
		}
	}
	for name, b := range map[string][]byte{
		"empty": nil, "seven bytes": make([]byte, 7), "a header longer than the file": {9, 0, 0, 0, 0, 0, 0, 0, '{', '}'},
		"a key twice": []byte("\x5c\x00\x00\x00\x00\x00\x00\x00" + `{"x":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}` + "a"),
	} {
		path := filepath.Join(t.TempDir(), "b.safetensors")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: error %v, want ErrFormat", name, err)
		}
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("a folder was opened as a trace")
	}
}

func TestAFailedTraceLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(filepath.Join(dir, "a.safetensors"), Info{}, points)
	if err != nil {
		t.Fatal(err)
	}
	w.Batch([]int32{1}, 0)
	if err := w.Record(ops(0, 1)[0]); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("the folder holds %v, want nothing", left)
	}
}

// A header that outgrows the room in front of the data is written all the same.
func TestLongHeader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.safetensors")
	w, err := Create(path, Info{Prompt: strings.Repeat("long ", headerRoom/4)}, points)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.Batch([]int32{9, 8}, 0)
	for _, op := range ops(0, 2) {
		if err := w.Record(op); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	tr, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	e, _ := tr.Entry("token_embd")
	if v, err := e.Values(); err != nil || v[9] != number(1, 4) {
		t.Errorf("token_embd is %v (%v)", v, err)
	}
}

// rowsBeyondBatch is a trace that says that two tokens ran, and holds three rows.
func rowsBeyondBatch() []byte {
	header := `{"__metadata__":{"batches":"[[1,2]]"},"x":{"dtype":"F32","shape":[3,1],"data_offsets":[0,12]}}`
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), "aaaabbbbcccc"...)
}

func TestMoreRowsThanTokens(t *testing.T) {
	tr := newTrace("rows")
	if err := tr.parse(rowsBeyondBatch()); err != nil {
		t.Fatal(err)
	}
	if _, err := Compare(tr, tr, DefaultTolerance); err != nil {
		t.Errorf("compared with itself: %v", err)
	}
}

// FuzzTrace reads any bytes: an error or a trace whose entries can be read, never a panic.
func FuzzTrace(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Add([]byte("\x3e\x00\x00\x00\x00\x00\x00\x00" + `{"x@1":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}    ` + "abcd"))
	f.Add([]byte("\x7b\x00\x00\x00\x00\x00\x00\x00" + `{"__metadata__":{"batches":"[[1],[2]]","positions":"[0]","order":"[\"a\"]"},"a":{"dtype":"I32","shape":[0],"data_offsets":[0,0]}}`))
	f.Add(rowsBeyondBatch())
	f.Add([]byte("\x4f\x00\x00\x00\x00\x00\x00\x00" + `{"kq-0":{"dtype":"F32","shape":[1,4611686018427387904,0],"data_offsets":[0,0]}}`))
	if dir := fixtures.Dir(); dir != "" {
		if b, err := os.ReadFile(filepath.Join(dir, "traces", "llama-tied.safetensors")); err == nil {
			f.Add(b[:min(len(b), 1<<14)])
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tr := newTrace("fuzz")
		if tr.parse(b) != nil {
			return
		}
		for _, e := range tr.Entries {
			e.Values()
		}
		if c, err := Compare(tr, tr, DefaultTolerance); err == nil {
			c.Summary()
		}
	})
}
