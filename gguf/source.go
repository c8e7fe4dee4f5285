package gguf

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"unsafe"

	"github.com/sonde-ml/sonde/internal/mmap"
)

// source is where the bytes of one file come from, and how to let go of them.
type source struct {
	name  string
	bytes []byte
	data  *mmap.Data // nil for bytes in memory
}

// openSource maps the regular file at path. The path is looked up once more when it is opened; that
// both looks found the same file is checked, and from then on only the open file counts.
func openSource(path string) (*source, error) {
	seen, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	// Before opening: to open a pipe that nobody writes to would block for ever.
	// Should the path become one just now, O_NONBLOCK makes the opening return.
	if !seen.Mode().IsRegular() {
		return nil, notRegular(path, seen.Mode())
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	return mapSource(f, path, seen)
}

func mapSource(f *os.File, path string, seen fs.FileInfo) (*source, error) {
	stat, err := f.Stat()
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !os.SameFile(seen, stat) {
		return nil, &Error{File: path, Kind: ErrUnreadable, Offset: -1, Advice: "it was replaced while it was being opened: try again"}
	}
	data, err := mmap.File(f)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return &source{path, aligned(data.Bytes), data}, nil
}

func (s *source) close() error {
	if s.data == nil {
		return nil
	}
	err := s.data.Close()
	s.data, s.bytes = nil, nil
	return err
}

// unreadable tells the system's error as an [Error], since the path may need escaping.
func unreadable(path string, err error) error {
	e := &Error{File: path, Kind: ErrUnreadable, Offset: -1, Err: err}
	if system := (*fs.PathError)(nil); errors.As(err, &system) {
		e.Err = system.Err // without the path
	}
	if target, err := os.Readlink(path); err == nil {
		e.Field = "a link to " + target
	}
	return e
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

// aligned returns b, or a copy of it whose first byte is aligned if that of b is not.
func aligned(b []byte) []byte {
	if len(b) == 0 || offBase(b) == 0 {
		return b
	}
	a := alignedBytes(len(b))
	copy(a, b)
	return a
}

// alignedBytes returns n bytes whose first is aligned.
func alignedBytes(n int) []byte {
	b := make([]byte, n+baseAlignment)
	skip := (baseAlignment - offBase(b)) % baseAlignment
	return b[skip:][:n:n]
}

func offBase(b []byte) int {
	return int(uintptr(unsafe.Pointer(unsafe.SliceData(b))) % baseAlignment)
}
