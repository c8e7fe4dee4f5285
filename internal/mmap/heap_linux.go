package mmap

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// HugeHeap makes room for n bytes in the heap, of huge pages where they are to be had, for a command that fills so many once
// and ends: to get them in small ones took a sixth of the time of statistics, as measured.
func HugeHeap(n int) {
	_ = unix.Madvise(make([]byte, n), unix.MADV_HUGEPAGE) // refused, nothing changes
	runtime.GC()                                          // what follows takes their place
}
