package gguf

import (
	"errors"
	"io/fs"
	"os"
)

// File is an opened GGUF file. It is read-only and may be used by many goroutines.
type File struct {
	Name       string // the path it was opened by
	Version    uint32 // 2 or 3
	BigEndian  bool
	Alignment  int   // of tensor data, in bytes
	DataOffset int64 // of the data section, from byte 0 of the file
	Size       int64 // of the file, in bytes

	keys       []KV
	index      map[string]int // of the first of each key
	tensors    []*Tensor
	byName     map[string]*Tensor
	warnings   problems
	problems   problems
	headerRead bool
	src        *source
}

// Open maps the GGUF file at path and checks all of its metadata and tensor list. It costs in proportion to these,
// not to the tensor data. If anything is wrong, the error joins an [Error] for every problem.
func Open(path string) (*File, error) {
	f, err := Examine(path)
	return f.orError(err)
}

// OpenBytes is Open for a file that lies in memory, such as an embedded one; name is for errors.
// Tensors are views of b, which must not change; if b is not aligned to 32 bytes, of one copy of it.
func OpenBytes(name string, b []byte) (*File, error) {
	if !isAligned(b) {
		aligned := alignedBytes(len(b))
		copy(aligned, b)
		b = aligned
	}
	f, err := examine(&source{name: name, bytes: b})
	return f.orError(err)
}

// Examine is Open for looking at broken files. With its error it returns what could be read:
// a file without the rest, if at least the version was read, else nil.
func Examine(path string) (*File, error) {
	src, err := openSource(path)
	if err != nil {
		return nil, unopened(path, err)
	}
	return examine(src)
}

func examine(src *source) (*File, error) {
	f := &File{Name: src.name, Size: int64(len(src.bytes)), src: src}
	f.read()
	err := f.problems.join()
	if !f.headerRead {
		return nil, errors.Join(err, src.close())
	}
	return f, err
}

// orError closes f if there is an error.
func (f *File) orError(err error) (*File, error) {
	if err == nil {
		return f, nil
	}
	if f != nil {
		err = errors.Join(err, f.Close())
	}
	return nil, err
}

// unopened tells the system's error as an Error, since the path may need escaping.
func unopened(path string, err error) error {
	var system *fs.PathError
	if !errors.As(err, &system) {
		return err
	}
	e := &Error{File: path, Kind: ErrUnreadable, Offset: -1, Err: system.Err}
	if target, err := os.Readlink(path); err == nil {
		e.Field = "a link to " + target
	}
	return e
}

// Close ends the use of the file: tensors' bytes and arrays must not be touched afterwards.
func (f *File) Close() error { return f.src.close() }

// Keys returns the metadata in file order.
func (f *File) Keys() []KV { return f.keys }

// Lookup returns the value of key.
func (f *File) Lookup(key string) (Value, bool) {
	i, ok := f.index[key]
	if !ok {
		return Value{}, false
	}
	return f.keys[i].Value, true
}

// Tensors returns the tensors in file order.
func (f *File) Tensors() []*Tensor { return f.tensors }

// Tensor returns the tensor called name.
func (f *File) Tensor(name string) (*Tensor, bool) {
	t, ok := f.byName[name]
	return t, ok
}

// Warnings returns what is odd in the file but can be understood in one way only.
func (f *File) Warnings() []error { return f.warnings.list }

func (f *File) warn(err error) { f.warnings.add(err) }
