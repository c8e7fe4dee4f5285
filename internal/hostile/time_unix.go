//go:build unix

package hostile

import (
	"syscall"
	"time"
)

// ProcessorTime returns the time that this process has had so far: other work on the machine does not count.
func ProcessorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
