package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// pending does on Windows, which renameio leaves out, what can be done there: os.Rename replaces the target.
type pending struct{ *os.File }

func create(path string) (pending, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+strings.Repeat("0", leastDigits)+"*")
	return pending{f}, err
}

func (p pending) commit(path string) error {
	if err := errors.Join(p.Sync(), p.File.Close()); err != nil {
		return err
	}
	return os.Rename(p.Name(), path)
}

func (p pending) cleanup() error {
	p.File.Close()
	if err := os.Remove(p.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
