package gguf

import (
	"errors"
	"fmt"

	"github.com/sonde-ml/sonde/internal/escape"
	"github.com/sonde-ml/sonde/internal/mmap"
)

// MapFaultError says that bytes of a mapped file could not be read: somebody has cut the file short, or
// its disk fails, while it is in use.
type MapFaultError struct {
	File         string
	Tensor       string // "" for metadata
	Offset       int64  // of the byte, from the start of the file
	Opened, Size int64  // bytes of the file when it was opened and now; Size is -1 if it is gone
}

// Error tells what became of the file.
func (e *MapFaultError) Error() string {
	what := "metadata"
	if e.Tensor != "" {
		what = "tensor " + escape.Quote(e.Tensor)
	}
	why := "the disk cannot read it"
	switch e.Size {
	case e.Opened:
	case -1:
		why = "the file was cut short and removed while in use: open another copy"
	default:
		why = fmt.Sprintf("the file changed from %d to %d bytes while in use: restore it and open it again", e.Opened, e.Size)
	}
	return fmt.Sprintf("%s: %s: lost byte %d: %s", escape.Text(e.File), what, e.Offset, why)
}

// Guard runs work and returns its error, or a [MapFaultError] if work touches bytes of a mapped file that are not
// there any more. Such a fault would end the process; Guard covers the calling goroutine only, so every worker that
// reads tensors needs its own. Any other panic, also a fault elsewhere, goes on as it was.
func Guard(work func() error) error { return mmap.Guard(work) }

// fault describes the loss of the byte at offset.
func (f *File) fault(offset int64) error {
	e := &MapFaultError{File: f.Name, Offset: offset, Opened: f.Size, Size: f.src.data.SizeNow()}
	for _, t := range f.tensors {
		if begin := e.Offset - t.Offset; t.data != nil && begin >= 0 && begin < int64(len(t.data)) {
			e.Tensor = t.Name
		}
	}
	return e
}

// Rewritten returns an error if the file, or a part of it, was written to since it was opened, which changes the bytes of
// its tensors without a fault. Whoever has read them may ask at the end whether that is what was opened.
func (f *File) Rewritten() error {
	var errs []error
	for _, part := range f.Parts() {
		if part.src.data != nil && part.src.data.Rewritten() {
			errs = append(errs, &Error{File: part.Name, Kind: ErrRewritten, Offset: -1, Advice: "what was read is a mixture: try again when nobody writes to it"})
		}
	}
	return errors.Join(errs...)
}
