//go:build unix

package gguf

import (
	"syscall"
	"testing"
)

// limitAddressSpace gives this process 2 GiB of address space. Go reserves it in large steps and does not
// work with much less.
func limitAddressSpace(t testing.TB) {
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 2 << 30, Max: 2 << 30}); err != nil {
		t.Fatal(err)
	}
}
