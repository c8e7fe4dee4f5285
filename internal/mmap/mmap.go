// Package mmap maps whole files into memory, read-only. Where the system has no map, the file is read.
//
// A file that is cut short while it is mapped takes bytes away that were there; [Guard] makes an error of that. Linux is asked
// for huge pages, for files and by [HugeHeap] for the heap.
package mmap

import (
	"fmt"
	"os"
)

// Data is the content of a file, where it lies.
type Data struct {
	Bytes  []byte
	mapped bool
	origin
	fault func(offset int64) error
}

// Open maps the regular file at path. An empty file gives no bytes.
func Open(path string) (*Data, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() { // opening a pipe would block
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return File(f)
}

// Close takes the map away; the bytes must not be used afterwards.
func (d *Data) Close() error {
	watched.remove(d)
	b := d.Bytes
	d.Bytes = nil
	if !d.mapped || b == nil {
		return nil
	}
	return unmap(b)
}
