//go:build unix

package kernels

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime returns the time that this process has had so far.
func processorTime() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
