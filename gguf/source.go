package gguf

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"unsafe"
)

// source is where the bytes of one file come from, and how to let go of them.
type source struct {
	name  string
	bytes []byte
	file  *os.File    // open while mapped, to see later what became of it; nil for bytes in memory
	stat  os.FileInfo // when it was opened
}

// openSource maps the regular file at path. The path is looked up once more when it is opened; that
// both looks found the same file is checked, and from then on only the open file counts.
func openSource(path string) (*source, error) {
	seen, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	// Before opening: to open a pipe that nobody writes to would block for ever.
	if !seen.Mode().IsRegular() {
		return nil, notRegular(path, seen.Mode())
	}
	f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	s := &source{name: path, file: f}
	if err := s.load(seen); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

func (s *source) load(seen os.FileInfo) error {
	stat, err := s.file.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(seen, stat) || !stat.Mode().IsRegular() {
		return &Error{File: s.name, Kind: ErrNotRegular, Offset: -1, Advice: "it was replaced while it was being opened: try again"}
	}
	s.stat = stat
	s.bytes, err = mapFile(s.file, stat.Size())
	if err != nil {
		return &fs.PathError{Op: "map", Path: s.name, Err: err}
	}
	return nil
}

func (s *source) close() error {
	if s.file == nil {
		return nil
	}
	err := errors.Join(unmapFile(s.bytes), s.file.Close())
	s.file, s.bytes = nil, nil
	return err
}

func notRegular(path string, mode fs.FileMode) error {
	kind, advice := "is a device", ""
	switch {
	case mode.IsDir():
		kind, advice = "is a directory", "name a file in it"
	case mode&fs.ModeNamedPipe != 0:
		kind, advice = "is a pipe", "save it to a file first"
	case mode&fs.ModeSocket != 0:
		kind = "is a socket"
	}
	return &Error{File: path, Kind: ErrNotRegular, Offset: -1, Seen: kind, Advice: advice}
}

// baseAlignment is what the first byte of a file in memory is aligned to, so that what is
// aligned in the file is so in memory: GGUF's default alignment.
const baseAlignment = 32

func isAligned(b []byte) bool {
	return len(b) == 0 || uintptr(unsafe.Pointer(unsafe.SliceData(b)))%baseAlignment == 0
}

// alignedBytes returns n bytes whose first is aligned.
func alignedBytes(n int) []byte {
	b := make([]byte, n+baseAlignment)
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) % baseAlignment
	return b[skip:][:n:n]
}

// readFile is mapFile where files cannot be mapped.
func readFile(f io.Reader, size int64) ([]byte, error) {
	b := alignedBytes(int(size))
	_, err := io.ReadFull(f, b)
	return b, err
}
