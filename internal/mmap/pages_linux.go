package mmap

import "golang.org/x/sys/unix"

// hugePages asks to read into huge pages what is not in memory yet. Read by faults here and there, a file would lie in
// small ones, each of which takes a processor longer to find.
func hugePages(b []byte) {
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // a system without such pages refuses, and the memory is good all the same
}
