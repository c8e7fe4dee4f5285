//go:build unix

package trace

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// TestCutWhileOpen cuts a trace short after it was opened: an error that names the tensor, where the process could die.
func TestCutWhileOpen(t *testing.T) {
	b, err := os.ReadFile(fixtures.Path(t, "traces/stories260K.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/cut.safetensors"
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	tr, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if err := os.Truncate(path, tr.dataAt); err != nil {
		t.Fatal(err)
	}
	last := tr.Entries[len(tr.Entries)-1]
	_, err = last.Values()
	var fault *gguf.MapFaultError
	if !errors.As(err, &fault) || fault.Tensor != last.Key || fault.File != path || fault.Size != tr.dataAt {
		t.Errorf("got %v, want a map fault in %s", err, last.Key)
	}
	if _, err := Compare(tr, tr, DefaultTolerance); !errors.As(err, &fault) || strings.Contains(err.Error(), "metadata") {
		t.Errorf("compared: got %v, want a map fault in a tensor", err)
	}
}
