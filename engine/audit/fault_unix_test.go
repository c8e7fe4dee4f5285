//go:build unix

package audit

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// TestCutWhileOpen cuts the file short after it was opened: an error, where the process could die.
func TestCutWhileOpen(t *testing.T) {
	const rows, cols = 512, 1024
	w := encoded(t, "w.weight", gguf.F32, []int{rows, cols}, gaussian(1, rows*cols, 0.02))
	for name, look := range map[string]func(f *gguf.File) error{
		"stats":  func(f *gguf.File) error { _, err := Stats(context.Background(), f, Options{}); return err },
		"doctor": func(f *gguf.File) error { _, err := Doctor(context.Background(), f, Options{}); return err },
		"diff": func(f *gguf.File) error {
			_, err := Diff(context.Background(), f, written(t, nil, w), Options{})
			return err
		},
		"show": func(f *gguf.File) error {
			_, err := Show(context.Background(), f, "w.weight", ShowOptions{Rows: Range{500, 512}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := writtenPath(t, nil, w)
			f, err := gguf.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := os.Truncate(path, 1<<20); err != nil {
				t.Fatal(err)
			}
			var fault *gguf.MapFaultError
			if err := look(f); !errors.As(err, &fault) || fault.Tensor != "w.weight" {
				t.Errorf("got %v, want a map fault in w.weight", err)
			}
		})
	}
}
