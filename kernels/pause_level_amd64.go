//go:build amd64 && !purego

package kernels

// pause passes some dozen cycles n times.
func pause(n int) { pauses(n) }
