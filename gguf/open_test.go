package gguf

import (
	"path/filepath"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

func TestOpenReadsEveryFixture(t *testing.T) {
	paths := append(fixtures.Glob(t, "models/*.gguf"), fixtures.Glob(t, "vocabs/*.gguf")...)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if got := f.Warnings(); len(got) > 0 {
				t.Errorf("warnings %v, want none", got)
			}
			if arch, err := f.String("general.architecture"); err != nil || arch == "" {
				t.Errorf("architecture %q, %v", arch, err)
			}
			for _, tensor := range f.Tensors() {
				row, ok := tensor.Type.RowBytes(tensor.RowLen())
				if want := row * tensor.Rows(); !ok || len(tensor.Bytes()) != want {
					t.Errorf("%s has %d bytes, want %d", tensor.Name, len(tensor.Bytes()), want)
				}
			}
		})
	}
}
