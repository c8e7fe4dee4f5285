package gguf

import (
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"unsafe"

	"github.com/sonde-ml/sonde/internal/escape"
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
func Guard(work func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			fault := explain(r)
			if fault == nil {
				panic(r)
			}
			err = fault
		}
	}()
	return work()
}

// explain finds the mapped file in which the fault r happened; nil if r is something else.
func explain(r any) error {
	fault, ok := r.(interface{ Addr() uintptr })
	if !ok {
		return nil
	}
	if f, offset := mapped.find(fault.Addr()); f != nil {
		return f.fault(offset)
	}
	return nil
}

// fault describes the loss of the byte at offset.
func (f *File) fault(offset int) error {
	e := &MapFaultError{File: f.Name, Offset: int64(offset), Opened: f.Size, Size: f.src.sizeNow()}
	for _, t := range f.tensors {
		if begin := e.Offset - t.Offset; t.data != nil && begin >= 0 && begin < int64(len(t.data)) {
			e.Tensor = t.Name
		}
	}
	return e
}

// mapped lists the mapped files. A fault comes with an address and nothing else, so to name the file takes
// something that knows the address space of the process, which is one thing, too.
var mapped addressSpace

type addressSpace struct {
	sync.Mutex
	files []*File
}

func (a *addressSpace) add(f *File) {
	a.Lock()
	defer a.Unlock()
	a.files = append(a.files, f)
}

func (a *addressSpace) remove(f *File) {
	a.Lock()
	defer a.Unlock()
	a.files = slices.DeleteFunc(a.files, func(g *File) bool { return f == g })
}

func (a *addressSpace) find(address uintptr) (f *File, offset int) {
	a.Lock()
	defer a.Unlock()
	for _, f := range a.files {
		start := uintptr(unsafe.Pointer(unsafe.SliceData(f.src.bytes)))
		if address-start < uintptr(len(f.src.bytes)) {
			return f, int(address - start)
		}
	}
	return nil, 0
}
