package cli

import (
	"errors"
	"os"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/audit"
	"github.com/sonde-ml/sonde/gguf"
)

// source is a file to look into: the one at a path, or the one that is embedded in the command. An empty path is no file:
// it is what a shell makes of a variable that is not set.
type source struct {
	path     string
	embedded bool
}

// fileArgument returns the file that is named as an argument, else the default model's.
func fileArgument(args []string) source {
	if len(args) > 0 {
		return source{path: args[0]}
	}
	path := os.Getenv("SONDE_MODEL")
	return source{path, path == ""}
}

func (s source) open() (*gguf.File, error) {
	if s.embedded {
		return engine.DefaultFile()
	}
	return gguf.Open(s.path)
}

// openFile opens a file to look into, and prints its warnings.
func (a *app) openFile(s source) (*gguf.File, error) {
	f, err := s.open()
	if err != nil {
		return nil, err
	}
	a.warn(f.Warnings()...)
	return f, nil
}

// inspect reports on a file that may be broken, or cut behind its tensor list if only the header counts.
func (s source) inspect(headerOnly bool) (*audit.Report, error) {
	switch {
	case s.embedded:
		return ofEmbedded(audit.InspectFile)
	case headerOnly:
		return audit.InspectHeader(s.path)
	default:
		return audit.Inspect(s.path)
	}
}

// key returns a metadata value of a file that may be broken.
func (s source) key(key string) (*audit.KV, error) {
	if s.embedded {
		return ofEmbedded(func(f *gguf.File) (*audit.KV, error) { return audit.KeyOf(f, key) })
	}
	return audit.Key(s.path, key)
}

func ofEmbedded[T any](look func(*gguf.File) (*T, error)) (*T, error) {
	f, err := engine.DefaultFile()
	if err != nil {
		return nil, err
	}
	found, err := look(f)
	return found, errors.Join(err, f.Close())
}
