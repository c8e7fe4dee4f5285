package convert_test

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

type tensor struct {
	name  string
	shape []int
	data  []float32
}

// writeModel writes a file of F32 tensors of those shapes, normal around 0.
func writeModel(tb testing.TB, shapes map[string][]int) string {
	tb.Helper()
	r := rand.New(rand.NewPCG(11, 12))
	var tensors []tensor
	for name, shape := range shapes {
		tensors = append(tensors, tensor{name, shape, nil})
	}
	slices.SortFunc(tensors, func(a, b tensor) int { return len(a.name) - len(b.name) })
	for i := range tensors {
		n := 1
		for _, d := range tensors[i].shape {
			n *= d
		}
		tensors[i].data = make([]float32, n)
		for j := range tensors[i].data {
			tensors[i].data[j] = float32(0.02 * r.NormFloat64())
		}
	}
	return writeTensors(tb, tensors...)
}

func writeTensors(tb testing.TB, tensors ...tensor) string {
	tb.Helper()
	return writeFile(tb, func(w *gguf.Writer) {
		w.Set("general.architecture", gguf.ValueOf("llama"))
		w.Set("llama.block_count", gguf.ValueOf(uint32(8)))
	}, tensors...)
}

// writeFile writes a file with the metadata that set sets, and F32 tensors.
func writeFile(tb testing.TB, set func(*gguf.Writer), tensors ...tensor) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "in.gguf")
	w := gguf.Create(context.Background(), path)
	defer w.Abort()
	set(w)
	for _, t := range tensors {
		w.Declare(t.name, gguf.F32, t.shape...)
	}
	for _, t := range tensors {
		if _, err := w.Write(f32Bytes(t.data)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		tb.Fatal(err)
	}
	return path
}

func f32Bytes(x []float32) []byte {
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func open(tb testing.TB, path string) *gguf.File {
	tb.Helper()
	f, err := gguf.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

// quantize returns the bytes that were written, and the report.
func quantize(tb testing.TB, in string, opt convert.QuantizeOptions) ([]byte, *convert.Report) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "out.gguf")
	r := quantizeTo(tb, in, path, opt)
	return readFile(tb, path), r
}

func quantizeTo(tb testing.TB, in, path string, opt convert.QuantizeOptions) *convert.Report {
	tb.Helper()
	r, err := convert.Quantize(context.Background(), open(tb, in), path, opt)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func readFile(tb testing.TB, path string) []byte {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// imatrixFor makes an importance matrix with an entry for every tensor of a file, for so many experts.
func imatrixFor(tb testing.TB, path string, experts int) *convert.Imatrix {
	tb.Helper()
	m := &convert.Imatrix{File: "test.imatrix", Entries: map[string][]float32{}}
	for i, t := range open(tb, path).Tensors() {
		n := t.RowLen()
		if len(t.Shape) == 3 {
			n *= experts
		}
		m.Entries[t.Name] = positive(n, uint64(i))
	}
	return m
}

// weights returns the decoded weights of a tensor.
func weights(tb testing.TB, path, name string) []float32 {
	tb.Helper()
	t, ok := open(tb, path).Tensor(name)
	if !ok {
		tb.Fatalf("%s has no %s", path, name)
	}
	x := make([]float32, t.Elements())
	if err := quant.Decode(t.Type, x, t.Bytes()); err != nil {
		tb.Fatal(err)
	}
	return x
}

func nmse(want, got []float32) float64 {
	var diff, sum float64
	for i, w := range want {
		d := float64(got[i]) - float64(w)
		diff, sum = diff+d*d, sum+float64(w)*float64(w)
	}
	return diff / sum
}
