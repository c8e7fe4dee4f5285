package audit

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/kernels/quant"
)

func open(t *testing.T, path string) *gguf.File {
	t.Helper()
	f, err := gguf.Open(fixtures.Path(t, path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestDiffOfItself(t *testing.T) {
	f := open(t, "models/llama-q4_k_m.gguf")
	d, err := Diff(context.Background(), f, f, Options{})
	if err != nil || d.Any() || d.Equal != len(f.Tensors()) {
		t.Errorf("got %+v, %v, want %d equal tensors and no difference", d, err, len(f.Tensors()))
	}
}

// TestDiffOfQuantisations compares with the errors of all values at once.
func TestDiffOfQuantisations(t *testing.T) {
	a, b := open(t, "models/llama-pure-q8_0.gguf"), open(t, "models/llama-pure-q4_k_s.gguf")
	d, err := Diff(context.Background(), a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	retyped := 0
	for _, got := range d.Tensors {
		if got.Status != Retyped || got.A.Type != "Q8_0" || got.B.Type != "Q4_K" {
			t.Fatalf("got %+v, want Q8_0 retyped to Q4_K", got)
		}
		retyped++
		nmse, cos, largest := plainErrors(t, a, b, got.Name)
		if !close(*got.NMSE, nmse) || !close(*got.Cos, cos) || float64(*got.MaxAbs) != largest {
			t.Errorf("%s: got %v, %v, %v, want %v, %v, %v", got.Name, *got.NMSE, *got.Cos, *got.MaxAbs, nmse, cos, largest)
		}
		if nmse < 1e-4 || nmse > 0.02 {
			t.Errorf("%s: NMSE %v is not what Q4_K gives", got.Name, nmse)
		}
	}
	if retyped == 0 || retyped+d.Equal != len(a.Tensors()) {
		t.Errorf("%d retyped and %d equal of %d tensors", retyped, d.Equal, len(a.Tensors()))
	}
}

func close(got Number, want float64) bool {
	return math.Abs(float64(got)-want) <= 1e-10*math.Abs(want)
}

func plainErrors(t *testing.T, a, b *gguf.File, name string) (nmse, cos, largest float64) {
	t.Helper()
	var values [2][]float32
	for i, f := range []*gguf.File{a, b} {
		w, ok := f.Tensor(name)
		if !ok {
			t.Fatalf("no tensor %s", name)
		}
		values[i] = make([]float32, w.Elements())
		if err := quant.Decode(w.Type, values[i], w.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	var diff2, a2, b2, dot float64
	for i, v := range values[0] {
		x, y := float64(v), float64(values[1][i])
		diff2, a2, b2, dot = diff2+(x-y)*(x-y), a2+x*x, b2+y*y, dot+x*y
		largest = max(largest, math.Abs(x-y))
	}
	return diff2 / a2, dot / math.Sqrt(a2*b2), largest
}

func TestDiffOfTensors(t *testing.T) {
	x := gaussian(1, 64*32, 0.02)
	y := slices.Clone(x)
	y[100] += 0.5
	z := slices.Clone(x)
	z[7] = float32(math.NaN())
	w := func(name string, shape []int, x []float32) tensor { return encoded(t, name, gguf.F32, shape, x) }
	a := written(t, nil, w("same", []int{64, 32}, x), w("changed", []int{64, 32}, x), w("gone", []int{64, 32}, x), w("turned", []int{64, 32}, x), w("nan", []int{64, 32}, x))
	b := written(t, nil, w("nan", []int{64, 32}, z), w("new", []int{64, 32}, x), w("turned", []int{32, 64}, x), w("changed", []int{64, 32}, y), w("same", []int{64, 32}, x))
	d, err := Diff(context.Background(), a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"name":"changed","status":"changed","a":{"type":"F32","shape":[64,32]},"b":{"type":"F32","shape":[64,32]},"nmse":0.`, `"max_abs":0.50000`,
		`{"name":"gone","status":"removed","a":{"type":"F32","shape":[64,32]},"b":null,"nmse":null,"cos":null,"max_abs":null}`,
		`{"name":"turned","status":"reshaped","a":{"type":"F32","shape":[64,32]},"b":{"type":"F32","shape":[32,64]},"nmse":null,`,
		`{"name":"nan","status":"changed","a":{"type":"F32","shape":[64,32]},"b":{"type":"F32","shape":[64,32]},"nmse":"NaN","cos":"NaN","max_abs":"NaN"}`,
		`{"name":"new","status":"added","a":null,`, `"equal":1`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("got %s, want %s in it", got, want)
		}
	}
	if len(d.Tensors) != 5 {
		t.Errorf("got %d differences, want 5", len(d.Tensors))
	}
}

func TestDiffOfKeys(t *testing.T) {
	long := []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	other := slices.Clone(long)
	other[10] = 0
	a := map[string]gguf.Value{
		"same": gguf.ValueOf("x"), "nan": gguf.ValueOf(float32(math.NaN())), "changed": gguf.ValueOf(uint32(1)), "wider": gguf.ValueOf(uint32(7)),
		"gone": gguf.ValueOf(true), "list": gguf.ArrayOf(long), "longer": gguf.ArrayOf(long[:3]), "nothing": gguf.ArrayOf([]int32{}),
	}
	b := map[string]gguf.Value{
		"same": gguf.ValueOf("x"), "nan": gguf.ValueOf(float32(math.NaN())), "changed": gguf.ValueOf(uint32(2)), "wider": gguf.ValueOf(uint64(7)),
		"new": gguf.ValueOf(math.Inf(1)), "list": gguf.ArrayOf(other), "longer": gguf.ArrayOf(long[:4]), "nothing": gguf.ArrayOf([]string{}),
	}
	w := encoded(t, "w.weight", gguf.F32, []int{4}, gaussian(1, 4, 1))
	d, err := Diff(context.Background(), written(t, a, w), written(t, b, w), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, kv := range d.KV {
		b, err := json.Marshal(kv)
		if err != nil {
			t.Fatal(err)
		}
		got[kv.Key] = string(b)
	}
	want := map[string]string{
		"changed": `{"key":"changed","a":1,"b":2,"a_type":"u32","b_type":"u32"}`,
		"wider":   `{"key":"wider","a":7,"b":7,"a_type":"u32","b_type":"u64"}`,
		"gone":    `{"key":"gone","a":true,"b":null,"a_type":"bool"}`,
		"new":     `{"key":"new","a":null,"b":"Inf","b_type":"f64"}`,
		"list": `{"key":"list","a":[1,2,3,4,5,6,7,8],"b":[1,2,3,4,5,6,7,8],"a_type":"array of i32","b_type":"array of i32",` +
			`"a_count":12,"b_count":12,"at":10,"a_at":11,"b_at":0}`,
		"longer":  `{"key":"longer","a":[1,2,3],"b":[1,2,3,4],"a_type":"array of i32","b_type":"array of i32","a_count":3,"b_count":4,"at":3,"b_at":4}`,
		"nothing": `{"key":"nothing","a":[],"b":[],"a_type":"array of i32","b_type":"array of string","a_count":0,"b_count":0,"at":0}`,
	}
	for key, w := range want {
		if got[key] != w {
			t.Errorf("%s: got %s, want %s", key, got[key], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v, want %d differences", got, len(want))
	}
}
