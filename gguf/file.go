package gguf

import (
	"errors"
	"slices"
)

// File is an opened GGUF file. It is read-only and may be used by many goroutines.
type File struct {
	Name       string // the path it was opened by; of a split, that of its first part
	Version    uint32 // 2 or 3
	BigEndian  bool
	Alignment  int   // of tensor data, in bytes
	DataOffset int64 // of the data section, from byte 0 of the file
	Size       int64 // of the file, of all parts of a split, in bytes

	keys       []KV
	index      map[string]int // of the first of each key
	tensors    []*Tensor
	byName     map[string]*Tensor
	warnings   problems
	problems   problems
	headerRead bool
	headerOnly bool
	src        *source // nil for a split
	parts      []*File // of a split
}

// Open maps the GGUF file at path and checks all of its metadata and tensor list. It costs in proportion to these,
// not to the tensor data. If anything is wrong, the error joins an [Error] for every problem.
//
// A file that is one part of several (NAME-00001-of-00003.gguf) is opened together with those beside it.
func Open(path string) (*File, error) {
	f, err := examineAlone(path)
	if err != nil {
		return f.orError(err)
	}
	s := readSeries(f)
	if s == nil {
		return f, nil
	}
	if err := s.problems.join(); err != nil {
		return f.orError(errors.Join(err, s.closeOthers()))
	}
	return s.join(), nil
}

// OpenBytes is Open for a single file that lies in memory, such as an embedded one; name is for errors.
// Tensors are views of b, which must not change; if b is not aligned to 32 bytes, of one copy of it.
func OpenBytes(name string, b []byte) (*File, error) {
	f, err := examine(&File{src: &source{name: name, bytes: aligned(b)}})
	return f.orError(err)
}

// Examine is Open for looking at broken files. With its error it returns what could be read:
// a file without the rest, if at least the version was read, else nil.
//
// Of a split it shows the one part at path. What is wrong with those beside it is among the warnings.
func Examine(path string) (*File, error) {
	f, err := examineAlone(path)
	if err != nil {
		return f, err
	}
	if s := readSeries(f); s != nil {
		f.warnings.list = slices.Concat(f.warnings.list, s.warnings.list, s.problems.list)
		return f, s.closeOthers()
	}
	return f, nil
}

// ExamineHeader is Examine without a look at what lies behind the tensor list: a file that was cut there is fine.
// Tensors whose data is not in the file have no bytes.
func ExamineHeader(path string) (*File, error) {
	src, err := openSource(path)
	if err != nil {
		return nil, err
	}
	return examine(&File{src: src, headerOnly: true})
}

func examineAlone(path string) (*File, error) {
	src, err := openSource(path)
	if err != nil {
		return nil, err
	}
	return examine(&File{src: src})
}

func examine(f *File) (*File, error) {
	f.Name, f.Size = f.src.name, int64(len(f.src.bytes))
	if f.src.data != nil {
		f.src.data.Watch(f.fault)
	}
	if err := Guard(func() error { f.read(); return nil }); err != nil {
		f.problems.add(err) // the file was cut while it was read
	}
	err := f.problems.join()
	if !f.headerRead {
		return nil, errors.Join(err, f.Close())
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

// Close ends the use of the file: tensors' bytes and arrays must not be touched afterwards.
func (f *File) Close() error {
	var errs []error
	for _, part := range f.parts {
		errs = append(errs, part.Close())
	}
	if f.src != nil {
		errs = append(errs, f.src.close())
	}
	return errors.Join(errs...)
}

// Parts returns the files that f was joined from, in order: several for a split, else f alone.
func (f *File) Parts() []*File {
	if f.parts == nil {
		return []*File{f}
	}
	return f.parts
}

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
