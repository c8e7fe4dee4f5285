//go:build unix

package hostile_test

import (
	"runtime/debug"
	"slices"
	"testing"
	"unsafe"

	"github.com/sonde-ml/sonde/internal/hostile"
)

func TestPagesForbidTheirNeighbours(t *testing.T) {
	for _, n := range []int{1, 7, 1023, 5000} {
		for _, atEnd := range []bool{false, true} {
			x := hostile.GuardedCopy(t, slices.Repeat([]uint32{0xdecade}, n), atEnd)
			if i := slices.IndexFunc(x, func(v uint32) bool { return v != 0xdecade }); len(x) != n || i >= 0 {
				t.Errorf("%d elements, atEnd %v: got %d, with element %d changed", n, atEnd, len(x), i)
			}
			neighbour, other := -1, 4*n
			if atEnd {
				neighbour, other = other, neighbour
			}
			if !faults(unsafe.Add(unsafe.Pointer(&x[0]), neighbour)) {
				t.Errorf("%d elements, atEnd %v: the byte at %d can be read", n, atEnd, neighbour)
			}
			if faults(unsafe.Add(unsafe.Pointer(&x[0]), other)) {
				t.Errorf("%d elements, atEnd %v: the byte at %d cannot be read, though no page ends there", n, atEnd, other)
			}
		}
	}
}

// faults reports whether the byte cannot be read.
func faults(p unsafe.Pointer) (yes bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { yes = recover() != nil }()
	sink = *(*byte)(p)
	return false
}

var sink byte
