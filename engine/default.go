package engine

import (
	_ "embed"
	"os"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/gguf"
)

// embedded is a small trained llama of Sonde's own; examples/pretrain makes it. It is a string, so that nothing can
// change it: whoever opens it has a copy.
//
//go:embed default.gguf
var embedded string

// modelVariable names a GGUF file that takes the place of the embedded one.
const modelVariable = "SONDE_MODEL"

// DefaultFile opens the file that is taken where none is named: the one at SONDE_MODEL, else the one that is embedded.
func DefaultFile() (*gguf.File, error) {
	if path := os.Getenv(modelVariable); path != "" {
		return gguf.Open(path)
	}
	return gguf.OpenBytes("default.gguf (embedded)", []byte(embedded))
}

// Default is Open for the file of [DefaultFile].
func Default(extra ...arch.Family) (*Model, error) {
	f, err := DefaultFile()
	if err != nil {
		return nil, err
	}
	return newModel(f, extra)
}
