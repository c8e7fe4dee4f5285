package gguf

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

// copyTo writes all of f again.
func copyTo(f *File, w *Writer) error {
	for _, kv := range f.Keys() {
		w.Set(kv.Key, kv.Value)
	}
	for _, t := range f.Tensors() {
		w.Declare(t.Name, t.Type, t.Shape...)
	}
	for _, t := range f.Tensors() {
		if _, err := w.Write(t.Bytes()); err != nil {
			return err
		}
	}
	return w.Commit()
}

func TestWriterReproducesFiles(t *testing.T) {
	paths := append(fixtures.Glob(t, "models/*.gguf"), fixtures.Glob(t, "vocabs/*.gguf")...)
	out := filepath.Join(t.TempDir(), "copy.gguf")
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			w := Create(context.Background(), out)
			defer w.Abort()
			if err := copyTo(f, w); err != nil {
				t.Fatal(err)
			}
			got, _ := os.ReadFile(out)
			want, _ := os.ReadFile(path)
			if !bytes.Equal(got, want) {
				t.Errorf("%d bytes, first difference at %d, want %d bytes", len(got), firstDifference(got, want), len(want))
			}
		})
	}
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
