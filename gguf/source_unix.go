//go:build unix

package gguf

import (
	"os"

	"golang.org/x/sys/unix"
)

// openFlags makes opening return even if the path has become a pipe since it was looked at.
const openFlags = unix.O_NONBLOCK

// mapFile maps the first size bytes of f read-only. An empty file cannot be mapped and has no bytes.
func mapFile(f *os.File, size int64) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	if int64(int(size)) != size {
		return nil, unix.EFBIG
	}
	return unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
}

func unmapFile(b []byte) error {
	if b == nil {
		return nil
	}
	return unix.Munmap(b)
}
