//go:build !linux

package bench

// pages takes memory, with pages as the system likes it.
func pages(size int, _ bool) (b []byte, free func(), err error) {
	return make([]byte, size), func() {}, nil
}
