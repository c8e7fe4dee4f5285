//go:build unix

package audit

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/gguf"
)

const faultRows, faultCols = 512, 1024

// looks are all ways to look at the weights of a file; progress is told of each step.
func looks(t *testing.T, w tensor) map[string]func(f *gguf.File, progress func(done, total int64)) error {
	ctx := context.Background()
	return map[string]func(*gguf.File, func(done, total int64)) error{
		"stats": func(f *gguf.File, p func(_, _ int64)) error {
			_, err := Stats(ctx, f, Options{Progress: p})
			return err
		},
		"doctor": func(f *gguf.File, p func(_, _ int64)) error {
			_, err := Doctor(ctx, f, Options{Progress: p})
			return err
		},
		"diff": func(f *gguf.File, p func(_, _ int64)) error {
			_, err := Diff(ctx, f, written(t, nil, w), Options{Progress: p})
			return err
		},
		"show": func(f *gguf.File, p func(_, _ int64)) error {
			_, err := Show(ctx, f, "w.weight", ShowOptions{Rows: Range{500, 512}, Options: Options{Progress: p}})
			return err
		},
	}
}

// TestCutWhileOpen cuts the file short after it was opened: an error, where the process could die.
func TestCutWhileOpen(t *testing.T) {
	w := encoded(t, "w.weight", gguf.F32, []int{faultRows, faultCols}, gaussian(1, faultRows*faultCols, 0.02))
	for name, look := range looks(t, w) {
		t.Run(name, func(t *testing.T) {
			path, f := opened(t, w)
			if err := os.Truncate(path, 1<<20); err != nil {
				t.Fatal(err)
			}
			var fault *gguf.MapFaultError
			if err := look(f, nil); !errors.As(err, &fault) || fault.Tensor != "w.weight" {
				t.Errorf("got %v, want a map fault in w.weight", err)
			}
		})
	}
}

// TestRewrittenWhileRead writes other weights into the file while it is looked at. No byte is lost, but what was found is
// about two files.
func TestRewrittenWhileRead(t *testing.T) {
	w := encoded(t, "w.weight", gguf.F32, []int{faultRows, faultCols}, gaussian(1, faultRows*faultCols, 0.02))
	other := encoded(t, "w.weight", gguf.F32, []int{faultRows, faultCols}, gaussian(2, faultRows*faultCols, 0.02))
	for name, look := range looks(t, other) {
		t.Run(name, func(t *testing.T) {
			path, f := opened(t, w)
			err := look(f, func(_, _ int64) { rewrite(t, path, f, other.data) })
			if !errors.Is(err, gguf.ErrRewritten) {
				t.Errorf("got %v, want %v", err, gguf.ErrRewritten)
			}
		})
	}
}

func opened(t *testing.T, w tensor) (path string, f *gguf.File) {
	t.Helper()
	path = writtenPath(t, nil, w)
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return path, f
}

// rewrite puts data where the weights of f are, and makes sure that the clock shows it.
func rewrite(t *testing.T, path string, f *gguf.File, data []byte) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Error(err)
		return
	}
	_, err = file.WriteAt(data, f.Tensors()[0].Offset)
	if err := errors.Join(err, file.Close(), os.Chtimes(path, time.Time{}, time.Unix(2e9, 0))); err != nil {
		t.Error(err)
	}
}
