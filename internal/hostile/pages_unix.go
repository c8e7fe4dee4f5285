//go:build unix

package hostile

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Pages is memory between two pages that cannot be touched: a function that leaves its operand there ends the test.
type Pages []byte

// NewPages returns room for so many bytes, until the test ends.
func NewPages(tb testing.TB, most int) Pages {
	tb.Helper()
	page := unix.Getpagesize()
	inner := (most + page - 1) / page * page
	b, err := unix.Mmap(-1, 0, inner+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { unix.Munmap(b) })
	for _, guard := range [][]byte{b[:page], b[page+inner:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			tb.Fatal(err)
		}
	}
	return b[page : page+inner]
}

// Bytes returns n bytes that end where the second page begins, or begin where the first ends.
func (p Pages) Bytes(n int, atEnd bool) []byte {
	if atEnd {
		return p[len(p)-n:][:n:n]
	}
	return p[:n:n]
}

// Guarded returns n elements in pages of their own, placed as by [Pages.Bytes].
func Guarded[T any](tb testing.TB, n int, atEnd bool) []T {
	tb.Helper()
	var zero T
	b := NewPages(tb, n*int(unsafe.Sizeof(zero))).Bytes(n*int(unsafe.Sizeof(zero)), atEnd)
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// GuardedCopy returns x in pages of its own.
func GuardedCopy[T any](tb testing.TB, x []T, atEnd bool) []T {
	tb.Helper()
	y := Guarded[T](tb, len(x), atEnd)
	copy(y, x)
	return y
}
