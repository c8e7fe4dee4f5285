package mmap

import (
	"io/fs"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"unsafe"
)

// Guard runs work and returns its error. If work touches a byte of a watched map that cannot be read any more, because
// somebody has cut the file short or its disk fails, it returns what the map's watcher makes of that: see [Data.Watch].
// Such a fault would end the process; Guard covers the calling goroutine only, so every worker needs its own. Any other
// panic, also a fault elsewhere, goes on as it was.
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

// explain asks the watcher of the map in which the fault r happened; nil if r is something else.
func explain(r any) error {
	fault, ok := r.(interface{ Addr() uintptr })
	if !ok {
		return nil
	}
	if d, offset := watched.find(fault.Addr()); d != nil {
		return d.fault(offset)
	}
	return nil
}

// Watch makes [Guard] return fault(offset) where the byte at that offset is lost, until the map is closed.
func (d *Data) Watch(fault func(offset int64) error) {
	if !d.mapped {
		return
	}
	d.fault = fault
	watched.add(d)
}

// SizeNow asks how large the file is by now, -1 if it is not there any more.
func (d *Data) SizeNow() int64 {
	now, err := os.Stat(d.path)
	if err != nil || !os.SameFile(now, d.stat) {
		return -1
	}
	return now.Size()
}

// Rewritten reports whether the file was written to since it was opened: that changes the bytes of the map, without a
// fault. A file that was renamed over it, or its removal, leaves them as they were.
func (d *Data) Rewritten() bool {
	if !d.mapped {
		return false
	}
	now, err := os.Stat(d.path)
	return err == nil && os.SameFile(now, d.stat) && (now.Size() != d.stat.Size() || !now.ModTime().Equal(d.stat.ModTime()))
}

// origin is where the bytes came from.
type origin struct {
	path string
	stat fs.FileInfo // when it was opened
}

// watched lists the maps in use. A fault comes with an address and nothing else, so to name the file takes something
// that knows the address space of the process, which is one thing, too.
var watched addressSpace

type addressSpace struct {
	sync.Mutex
	maps []*Data
}

func (a *addressSpace) add(d *Data) {
	a.Lock()
	defer a.Unlock()
	a.maps = append(a.maps, d)
}

func (a *addressSpace) remove(d *Data) {
	a.Lock()
	defer a.Unlock()
	a.maps = slices.DeleteFunc(a.maps, func(e *Data) bool { return d == e })
}

func (a *addressSpace) find(address uintptr) (d *Data, offset int64) {
	a.Lock()
	defer a.Unlock()
	for _, d := range a.maps {
		start := uintptr(unsafe.Pointer(unsafe.SliceData(d.Bytes)))
		if address-start < uintptr(len(d.Bytes)) {
			return d, int64(address - start)
		}
	}
	return nil, 0
}
