package convert_test

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/gguf"
)

// oldImatrix is a file of the older form: two entries, of which the second was used by no token.
func oldImatrix() []byte {
	b := i32(nil, 2)
	b = entry(b, "blk.0.attn_q.weight", 4, 2, 4, 8)
	b = entry(b, "blk.0.ffn_up.weight", 0, 3, 5)
	b = i32(b, 7, len("wiki.txt"))
	return append(b, "wiki.txt"...)
}

func entry(b []byte, name string, calls int, values ...float32) []byte {
	b = append(i32(b, len(name)), name...)
	return append(i32(b, calls, len(values)), f32Bytes(values)...)
}

func i32(b []byte, numbers ...int) []byte {
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// writeImatrix writes the GGUF form with these tensors.
func writeImatrix(tb testing.TB, tensors ...tensor) string {
	tb.Helper()
	return writeFile(tb, func(w *gguf.Writer) {
		w.Set("general.type", gguf.ValueOf("imatrix"))
		w.Set("imatrix.datasets", gguf.ArrayOf([]string{"wiki.txt", "code.txt"}))
		w.Set("imatrix.chunk_count", gguf.ValueOf(uint32(7)))
		w.Set("imatrix.chunk_size", gguf.ValueOf(uint32(512)))
	}, tensors...)
}

func TestReadGGUFImatrix(t *testing.T) {
	path := writeImatrix(t,
		tensor{"blk.0.attn_q.weight.in_sum2", []int{1, 3}, []float32{2, 4, 8}},
		tensor{"blk.0.attn_q.weight.counts", []int{1, 1}, []float32{4}},
		tensor{"blk.0.ffn_up_exps.weight.in_sum2", []int{2, 2}, []float32{1, 2, 9, 9}},
		tensor{"blk.0.ffn_up_exps.weight.counts", []int{2, 1}, []float32{2, 0}},
		tensor{"something.else", []int{2}, []float32{1, 2}},
	)
	got, err := convert.ReadImatrix(path)
	want := &convert.Imatrix{File: path, Datasets: []string{"wiki.txt", "code.txt"}, Chunks: 7, Entries: map[string][]float32{
		"blk.0.attn_q.weight":      {0.5, 1, 2},
		"blk.0.ffn_up_exps.weight": {0.5, 1, 1, 1}, // no token went to the second expert
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestReadOldImatrix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "imatrix.dat")
	want := &convert.Imatrix{File: path, Datasets: []string{"wiki.txt"}, Chunks: 7, Entries: map[string][]float32{
		"blk.0.attn_q.weight": {0.5, 1, 2}, "blk.0.ffn_up.weight": {3, 5},
	}}
	b := oldImatrix()
	got, err := readBytes(t, path, b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	want.Datasets, want.Chunks = nil, 0
	got, err = readBytes(t, path, b[:len(b)-len("wiki.txt")-8])
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("without the end: got %+v, %v, want %+v", got, err, want)
	}
}

func readBytes(tb testing.TB, path string, b []byte) (*convert.Imatrix, error) {
	tb.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	return convert.ReadImatrix(path)
}

func TestBrokenOldImatrix(t *testing.T) {
	whole := oldImatrix()
	for name, b := range map[string][]byte{
		"empty":              nil,
		"no entries":         i32(nil, 0),
		"negative entries":   i32(nil, -1),
		"text":               []byte("This is no importance matrix."),
		"long name":          i32(nil, 1, 1<<30),
		"negative name":      i32(nil, 1, -5),
		"no name":            i32(nil, 1, 0, 1, 1, 0),
		"name is no UTF-8":   entry(i32(nil, 1), "a\xff", 1, 2),
		"many values":        i32(append(i32(nil, 1, 1), 'a'), 1, 1<<31-1),
		"no values":          entry(i32(nil, 1), "a", 1),
		"NaN":                entry(i32(nil, 1), "a", 1, float32(math.NaN())),
		"infinity":           entry(i32(nil, 1), "a", 1, float32(math.Inf(1))),
		"negative":           entry(i32(nil, 1), "a", 1, 2, -3),
		"twice":              entry(entry(i32(nil, 2), "a", 1, 2), "a", 1, 2),
		"bytes behind":       append(slices.Clone(whole), 0),
		"half a number":      append(entry(i32(nil, 1), "a", 1, 2), 1, 2),
		"long dataset":       i32(entry(i32(nil, 1), "a", 1, 2), 3, 99),
		"more than are here": entry(i32(nil, 2), "a", 1, 2),
	} {
		_, err := readBytes(t, filepath.Join(t.TempDir(), "imatrix.dat"), b)
		var e *gguf.Error
		if !errors.As(err, &e) || !errors.Is(err, convert.ErrBadImatrix) {
			t.Errorf("%s: got %v, want a bad importance matrix", name, err)
		}
	}
	end := len(whole) - len("wiki.txt") - 8
	for n := range whole {
		if _, err := readBytes(t, filepath.Join(t.TempDir(), "cut.dat"), whole[:n]); err == nil && n != end {
			t.Errorf("cut to %d bytes it is read", n)
		}
	}
}

func TestBrokenGGUFImatrix(t *testing.T) {
	const sums, counts = "a.weight.in_sum2", "a.weight.counts"
	for name, tensors := range map[string][]tensor{
		"a model":         {{"a.weight", []int{2, 2}, []float32{1, 2, 3, 4}}},
		"no counts":       {{sums, []int{1, 2}, []float32{1, 2}}},
		"no sums":         {{counts, []int{1, 1}, []float32{1}}, {"b.in_sum2", []int{1}, []float32{1}}, {"b.counts", []int{1}, []float32{1}}},
		"too many counts": {{sums, []int{1, 2}, []float32{1, 2}}, {counts, []int{2, 1}, []float32{1, 1}}},
		"NaN":             {{sums, []int{1, 2}, []float32{1, float32(math.NaN())}}, {counts, []int{1, 1}, []float32{1}}},
		"overflow":        {{sums, []int{1, 2}, []float32{1, 3e38}}, {counts, []int{1, 1}, []float32{1e-3}}},
	} {
		if _, err := convert.ReadImatrix(writeImatrix(t, tensors...)); !errors.Is(err, convert.ErrBadImatrix) {
			t.Errorf("%s: got %v, want a bad importance matrix", name, err)
		}
	}
}

func TestImatrixFileErrors(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]error{filepath.Join(dir, "none"): gguf.ErrUnreadable, dir: gguf.ErrNotRegular} {
		if _, err := convert.ReadImatrix(path); !errors.Is(err, want) || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v, want %v with the path", err, want)
		}
	}
}
