//go:build !unix

package gguf

import "os"

const openFlags = 0

func mapFile(f *os.File, size int64) ([]byte, error) { return readFile(f, size) }

func unmapFile([]byte) error { return nil }
