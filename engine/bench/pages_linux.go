package bench

import "golang.org/x/sys/unix"

// pages takes memory with pages of the usual size or, where the system has some, of a larger one. The caller frees it.
func pages(size int, huge bool) (b []byte, free func(), err error) {
	b, err = unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, nil, err
	}
	advice := unix.MADV_NOHUGEPAGE
	if huge {
		advice = unix.MADV_HUGEPAGE
	}
	_ = unix.Madvise(b, advice) // a system without such pages refuses, and the memory is good all the same
	return b, func() { _ = unix.Munmap(b) }, nil
}
