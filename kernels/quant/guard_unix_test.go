//go:build unix

package quant

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// guarded returns a function that gives n bytes before a page that cannot be touched, or behind one, again and again.
func guarded(t *testing.T, most int) func(n int, atEnd bool) []byte {
	t.Helper()
	page := unix.Getpagesize()
	inner := (most + page - 1) / page * page
	b, err := unix.Mmap(-1, 0, inner+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(b) })
	for _, guard := range [][]byte{b[:page], b[page+inner:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return func(n int, atEnd bool) []byte {
		if atEnd {
			return b[page+inner-n : page+inner : page+inner]
		}
		return b[page : page+n : page+n]
	}
}

// TestDecodersStayWithinTheirRows decodes rows of 0 … 4 blocks between forbidden pages.
func TestDecodersStayWithinTheirRows(t *testing.T) {
	const most = 4 * 256
	from, to := guarded(t, 8*most), guarded(t, 4*most)
	for typ := range gguf.Type(len(formats)) {
		if formats[typ].decode == nil {
			continue
		}
		block := typ.BlockWeights()
		for n := 0; n <= max(4*block, 66); n += block {
			size, _ := typ.RowBytes(n)
			for _, atEnd := range []bool{false, true} {
				src, out := from(size, atEnd), to(4*n, atEnd)
				copy(src, randomBytes(size))
				for _, level := range cpu.All() {
					if cpu.Check(level) == nil && n > 0 {
						formats[typ].decodeBy(decodersAt(level), unsafe.Slice((*float32)(unsafe.Pointer(&out[0])), n), src)
					}
				}
			}
		}
	}
}
