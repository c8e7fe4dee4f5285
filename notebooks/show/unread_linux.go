package show

import (
	"os"

	"golang.org/x/sys/unix"
)

// unread reports whether something that was written to the pipe f was not yet read at its other end.
func unread(f *os.File) bool {
	n, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCINQ)
	return err == nil && n > 0
}
