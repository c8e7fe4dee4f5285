//go:build unix

package kernels

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

const (
	faultRows = 256
	faultCols = 512 // enough numbers for a product with one token to be shared out
)

// TestProductsWithLostBytesAreErrors cuts a file short after it was opened, and multiplies its tensors, one of each type:
// an error names file and tensor, where the process could die, and the pool works on.
func TestProductsWithLostBytesAreErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.gguf")
	writeAllTypes(t, path)
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Truncate(path, f.Tensors()[0].Offset); err != nil {
		t.Fatal(err)
	}
	for _, threads := range []int{1, 3} {
		pool := NewPool(threads)
		defer pool.Close()
		atReadings(func(set *Set, _ string) {
			m := set.NewMultiplier(pool)
			for _, x := range f.Tensors() {
				for _, tokens := range []int{1, 7} {
					checkFault(t, m, path, x, tokens)
				}
			}
		})
	}
}

func writeAllTypes(t *testing.T, path string) {
	w := gguf.Create(context.Background(), path)
	defer w.Abort()
	var data [][]byte
	for typ := range gguf.Type(64) {
		if _, err := quant.Of(typ); err != nil {
			continue
		}
		w.Declare(typ.String(), typ, faultRows, faultCols)
		size, _ := typ.RowBytes(faultCols)
		data = append(data, oddBytes(faultRows*size, uint64(typ)))
	}
	for _, b := range data {
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

// checkFault multiplies the tensor x of a file that was cut, and then a matrix of its own.
func checkFault(t *testing.T, m *Multiplier, path string, x *gguf.Tensor, tokens int) {
	lost, err := NewMatrix(x.Type, faultRows, faultCols, x.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	input, dst := randomRows(tokens*faultCols), make([]float32, tokens*faultRows)
	m.SetInput(input, faultCols)
	var fault *gguf.MapFaultError
	if err := m.Product(dst, lost); !errors.As(err, &fault) || fault.Tensor != x.Name || fault.File != path {
		t.Errorf("%s, %d threads, %d tokens: got error %v, want a fault in %s of %s", m.set.Level(), m.pool.Threads(), tokens, err, x.Name, path)
	}
	whole := randomMatrix(t, gguf.Q8_0, faultRows, faultCols)
	want := multiplyAt(m.set, whole, input)
	if err := m.Product(dst, whole); err != nil || !slices.Equal(dst, want) {
		t.Errorf("%s, %d threads, %d tokens: after a fault in %s, a product is another, or fails: %v", m.set.Level(), m.pool.Threads(), tokens, x.Name, err)
	}
}
