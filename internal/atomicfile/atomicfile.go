// Package atomicfile writes files that appear whole or not at all: a temporary file in the same folder, fsync, rename.
package atomicfile

import (
	"fmt"
	"os"
)

// File is a file that is being written. It becomes the file at its path at Commit, and vanishes at Close without one.
type File struct {
	pending
	path string
}

// Create begins to write the file at path. It is an error if a folder, a device or a pipe stands there. What a process
// that was killed has left of an earlier file at path is removed, if nobody has written to it for a day.
func Create(path string) (*File, error) {
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return nil, fmt.Errorf("create %s: what is there is no regular file (%s)", path, st.Mode().Type())
	}
	removeStale(path)
	p, err := create(path)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	return &File{p, path}, nil
}

// Commit puts the file in its place.
func (f *File) Commit() error {
	if err := f.commit(f.path); err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	return nil
}

// Close throws away what was not committed. It may be deferred beside a Commit.
func (f *File) Close() error { return f.cleanup() }

// Write writes b to the file at path.
func Write(path string, b []byte) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(b); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return f.Commit()
}
