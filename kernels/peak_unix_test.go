//go:build unix

package kernels_test

import (
	"runtime/debug"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sonde-ml/sonde/kernels"
)

// TestReadTouchesEveryPageAndNoOther takes one page after the other away, and looks whether it is missed.
func TestReadTouchesEveryPageAndNoOther(t *testing.T) {
	page := unix.Getpagesize()
	const pages = 18 // the first and the last do not belong to what is read
	b, err := unix.Mmap(-1, 0, pages*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(b)
	for _, level := range levels() {
		p := kernels.NewPeak(level)
		for _, streams := range []int{1, 2, 4, 8} {
			for gone := range pages {
				protect(t, b[gone*page:][:page], unix.PROT_NONE)
				missed := faults(func() { p.Read(b[page:(pages-1)*page], streams, gone%2 == 0) })
				protect(t, b[gone*page:][:page], unix.PROT_READ|unix.PROT_WRITE)
				if want := gone > 0 && gone < pages-1; missed != want {
					t.Errorf("%s, %d streams: page %d of %d was read: %v, want %v", level, streams, gone, pages, missed, want)
				}
			}
		}
	}
}

func protect(t *testing.T, b []byte, how int) {
	t.Helper()
	if err := unix.Mprotect(b, how); err != nil {
		t.Fatal(err)
	}
}

// faults reports whether f touches memory that it may not.
func faults(f func()) (yes bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			_, yes = r.(interface{ Addr() uintptr })
		}
	}()
	f()
	return false
}
