//go:build linux || darwin

package gguf

import (
	"golang.org/x/sys/unix"

	"github.com/sonde-ml/sonde/internal/checked"
)

// freeSpace returns the bytes that may still be written to the file system of the folder dir.
func freeSpace(dir string) (free uint64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return checked.Mul(s.Bavail, uint64(s.Bsize))
}
