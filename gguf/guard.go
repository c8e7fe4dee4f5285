package gguf

import "runtime/debug"

// Guard runs work, and turns a fault in a mapped file into an error.
func Guard(work func() error) error {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return work()
}
