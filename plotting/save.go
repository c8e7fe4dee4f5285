package plotting

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sonde-ml/sonde/internal/atomicfile"
)

// Save writes the figure to path as PNG or SVG, by the ending of its name. The file appears whole or not at all.
// Errors are those of [Figure.PNG] and [Figure.SVG], [ErrFormat], and those of the file system.
func (f *Figure) Save(path string) error {
	encode, err := encoder(path)
	if err != nil {
		return err
	}
	data, err := encode(f)
	if err == nil {
		err = atomicfile.Write(path, data)
	}
	if err != nil {
		return saveError(path, err)
	}
	return nil
}

// CheckName returns an error for a name that [Figure.Save] would not take, an [ErrFormat] or because there is no such
// folder: before work that takes long.
func CheckName(path string) error {
	if _, err := encoder(path); err != nil {
		return err
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err == nil && !folder.IsDir() {
		err = fmt.Errorf("%s is no folder", filepath.Dir(path))
	}
	if err != nil {
		return saveError(path, err)
	}
	return nil
}

// encoder returns what encodes a figure in the format of a file name's extension.
func encoder(path string) (func(*Figure) ([]byte, error), error) {
	switch extension := filepath.Ext(path); strings.ToLower(extension) {
	case ".png":
		return (*Figure).PNG, nil
	case ".svg":
		return (*Figure).SVG, nil
	default:
		return nil, saveError(path, fmt.Errorf("%w %q: end the name in .png or .svg", ErrFormat, extension))
	}
}

func saveError(path string, err error) error {
	return fmt.Errorf("plotting: save figure as %q: %w", path, err)
}
