package audit

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// tensor is one to be written into a file for a test.
type tensor struct {
	name  string
	typ   gguf.Type
	shape []int
	data  []byte
}

// encoded makes a tensor of values.
func encoded(tb testing.TB, name string, t gguf.Type, shape []int, values []float32) tensor {
	tb.Helper()
	size, ok := t.RowBytes(len(values))
	if !ok {
		tb.Fatalf("%d weights are no whole blocks of %v", len(values), t)
	}
	data := make([]byte, size)
	f, err := quant.Of(t)
	if err != nil {
		tb.Fatal(err)
	}
	var imatrix []float32
	if f.Importance == quant.Required {
		imatrix = make([]float32, shape[len(shape)-1])
		for i := range imatrix {
			imatrix[i] = 1
		}
	}
	if err := f.Encode(data, values, imatrix); err != nil {
		tb.Fatal(err)
	}
	return tensor{name, t, shape, data}
}

// gaussian returns n weights as models have them.
func gaussian(seed uint64, n int, sigma float64) []float32 {
	r, x := rand.New(rand.NewPCG(seed, 7)), make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64() * sigma)
	}
	return x
}

// written writes a file and opens it.
func written(tb testing.TB, keys map[string]gguf.Value, tensors ...tensor) *gguf.File {
	tb.Helper()
	f, err := gguf.Open(writtenPath(tb, keys, tensors...))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

func writtenPath(tb testing.TB, keys map[string]gguf.Value, tensors ...tensor) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "test.gguf")
	w := gguf.Create(context.Background(), path)
	defer w.Abort()
	w.Set("general.architecture", gguf.ValueOf("test"))
	for key, v := range keys {
		w.Set(key, v)
	}
	for _, t := range tensors {
		w.Declare(t.name, t.typ, t.shape...)
	}
	for _, t := range tensors {
		if _, err := w.Write(t.data); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		tb.Fatal(err)
	}
	return path
}
