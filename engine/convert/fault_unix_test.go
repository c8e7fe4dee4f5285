//go:build unix

package convert_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/gguf"
)

// TestModelChangesMeanwhile spoils the model while it is quantised: an error and no file, whether bytes are lost or others.
func TestModelChangesMeanwhile(t *testing.T) {
	for _, tc := range []struct {
		name  string
		typ   string
		spoil func(path string) error
		want  func(error) bool
	}{
		{"cut short", "q8_0", func(path string) error { return os.Truncate(path, 1<<20) }, isMapFault},
		{"cut short and copied", "f32", func(path string) error { return os.Truncate(path, 1<<20) }, isMapFault},
		{"written to", "q8_0", func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1e9, 0)) },
			func(err error) bool { return errors.Is(err, gguf.ErrRewritten) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := writeModel(t, map[string][]int{"token_embd.weight": {8000, 512}, "output.weight": {8000, 512}})
			to, spoilt := filepath.Join(t.TempDir(), "m.gguf"), false
			_, err := convert.Quantize(context.Background(), open(t, path), to, convert.QuantizeOptions{Type: tc.typ, Progress: func(_, _ int64) {
				if !spoilt {
					spoilt = true
					if err := tc.spoil(path); err != nil {
						t.Error(err)
					}
				}
			}})
			if !tc.want(err) || exists(to) {
				t.Errorf("got %v, and a file: %t", err, exists(to))
			}
		})
	}
}

func isMapFault(err error) bool {
	var fault *gguf.MapFaultError
	return errors.As(err, &fault) && fault.Tensor != ""
}
