//go:build !linux

package mmap

// HugeHeap is for Linux.
func HugeHeap(int) {}
