//go:build unix && !openbsd

package hostile

import (
	"syscall"
	"testing"
)

// LimitAddressSpace gives this process 2 GiB of address space for good. Go reserves it in large steps and does not work
// with much less.
func LimitAddressSpace(tb testing.TB) {
	tb.Helper()
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 2 << 30, Max: 2 << 30}); err != nil {
		tb.Fatal(err)
	}
}
