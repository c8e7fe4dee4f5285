package trace

import (
	"encoding/binary"
	"math"
	"os"
	"sync/atomic"
)

// behind writes numbers to a file while who gives them goes on: they are copied to one of a few buffers, which a goroutine
// writes. It is used by one goroutine at a time, and must be ended.
type behind struct {
	file  *os.File
	at    int64 // where the next buffer goes
	buf   []byte
	most  int // bytes of it: writes end at multiples of behindSize, which Linux keeps as huge pages, and faster
	empty chan []byte
	full  chan []byte
	ended chan struct{}
	err   atomic.Pointer[error] // of the first write that failed
}

// A pass that is faster than the disk for a moment fills one buffer after the other.
const (
	behindBuffers = 4
	behindSize    = 4 << 20 // bytes
)

// newBehind writes from at on, a multiple of 4.
func newBehind(file *os.File, at int64) *behind {
	b := &behind{file: file, at: at, most: behindSize - int(at%behindSize), empty: make(chan []byte, behindBuffers), full: make(chan []byte, behindBuffers), ended: make(chan struct{})}
	for range behindBuffers - 1 {
		b.empty <- nil // made when it is needed: most traces are small
	}
	go b.loop()
	return b
}

// floats appends numbers.
func (b *behind) floats(x []float32) {
	for len(x) > 0 {
		room := b.room(len(x))
		for i, v := range x[:len(room)/4] {
			binary.LittleEndian.PutUint32(room[4*i:4*i+4], math.Float32bits(v))
		}
		x = x[len(room)/4:]
	}
}

// ids appends ids.
func (b *behind) ids(x []int32) {
	for len(x) > 0 {
		room := b.room(len(x))
		for i, id := range x[:len(room)/4] {
			binary.LittleEndian.PutUint32(room[4*i:4*i+4], uint32(id))
		}
		x = x[len(room)/4:]
	}
}

// room takes room for at most n numbers in a buffer that has some.
func (b *behind) room(n int) []byte {
	if len(b.buf) == b.most {
		b.full <- b.buf
		b.buf, b.most = (<-b.empty)[:0], behindSize
	}
	from := len(b.buf)
	b.buf = resized(b.buf, min(b.most, from+4*n))
	return b.buf[from:]
}

// resized returns b with n bytes, of which the new ones are of any content.
func resized(b []byte, n int) []byte {
	if n <= cap(b) {
		return b[:n]
	}
	return append(make([]byte, 0, min(behindSize, max(n, 2*cap(b)))), b...)[:n]
}

// problem returns what went wrong so far.
func (b *behind) problem() error {
	if err := b.err.Load(); err != nil {
		return *err
	}
	return nil
}

// loop writes buffers until there are no more. Behind a write that failed it writes nothing, so that nobody waits.
func (b *behind) loop() {
	defer close(b.ended)
	for buf := range b.full {
		if b.problem() == nil {
			b.write(buf)
		}
		b.empty <- buf
	}
}

func (b *behind) write(buf []byte) {
	if _, err := b.file.WriteAt(buf, b.at); err != nil {
		b.err.Store(&err)
		return
	}
	b.at += int64(len(buf))
}

// end writes what is left and waits until all is written. It may be called again.
func (b *behind) end() error {
	if b.full != nil {
		b.full <- b.buf
		close(b.full)
		<-b.ended
		b.full = nil
	}
	return b.problem()
}
