package plotting

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/sonde-ml/sonde/internal/atomicfile"
)

// Save writes the figure to path as PNG or SVG, by the ending of its name. The file appears whole or not at all.
// Errors are those of [Figure.PNG] and [Figure.SVG], [ErrFormat], and those of the file system.
func (f *Figure) Save(path string) error {
	data, err := f.encode(filepath.Ext(path))
	if err == nil {
		err = atomicfile.Write(path, data)
	}
	if err != nil {
		return fmt.Errorf("plotting: save figure as %q: %w", path, err)
	}
	return nil
}

// encode returns the figure in the format of a file name's extension.
func (f *Figure) encode(extension string) ([]byte, error) {
	switch strings.ToLower(extension) {
	case ".png":
		return f.PNG()
	case ".svg":
		return f.SVG()
	}
	return nil, fmt.Errorf("%w %q: end the name in .png or .svg", ErrFormat, extension)
}
