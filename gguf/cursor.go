package gguf

import (
	"fmt"

	"github.com/sonde-ml/sonde/internal/checked"
)

// cursor reads a file's bytes from front to back and knows what it is reading, so that its
// errors can name it. A method that returns false has noted the problem; nothing can be read after it.
type cursor struct {
	b      []byte
	pos    int
	order  byteOrder
	file   string
	key    string // what is being read
	tensor string
	*problems
}

func (c *cursor) left() int { return len(c.b) - c.pos }

// fixed reads a field of n bytes, where n is a constant of the format.
func (c *cursor) fixed(n int, field string) ([]byte, bool) {
	if c.left() < n {
		c.cut(field, c.pos, uint64(n))
		return nil, false
	}
	b := c.b[c.pos : c.pos+n]
	c.pos += n
	return b, true
}

func (c *cursor) u32(field string) (uint32, bool) {
	b, ok := c.fixed(4, field)
	if !ok {
		return 0, false
	}
	return c.order.Uint32(b), true
}

func (c *cursor) u64(field string) (uint64, bool) {
	b, ok := c.fixed(8, field)
	if !ok {
		return 0, false
	}
	return c.order.Uint64(b), true
}

// take reads n bytes, if they are there. It notes nothing.
func (c *cursor) take(n uint64) ([]byte, bool) {
	size, ok := checked.Int(n, c.left())
	if !ok {
		return nil, false
	}
	b := c.b[c.pos : c.pos+size]
	c.pos += size
	return b, true
}

// takeText reads a length and as many bytes. It notes nothing: where the file ends before them, it
// stays where it is and returns how many bytes it needs.
func (c *cursor) takeText() (b []byte, need uint64, ok bool) {
	at := c.pos
	if c.left() < 8 {
		return nil, 8, false
	}
	length := c.order.Uint64(c.b[c.pos:])
	c.pos += 8
	if b, ok = c.take(length); !ok {
		c.pos = at
	}
	return b, length, ok
}

// text reads a length and as many bytes. Its errors point at the length. The field is a function since
// its name is made for errors only.
func (c *cursor) text(field func() string) ([]byte, bool) {
	b, need, ok := c.takeText()
	if !ok {
		c.cut(field(), c.pos, need)
	}
	return b, ok
}

// cut notes that a field of n bytes, found at byte at, goes on past the end of the file.
func (c *cursor) cut(field string, at int, n uint64) {
	e := Error{
		Field:    field,
		Seen:     fmt.Sprintf("has %d bytes", c.left()),
		Expected: fmt.Sprintf("%d bytes", n),
		Advice:   fmt.Sprintf("the file ends at byte %d: %s", len(c.b), fetchAgain),
	}
	if size := uint64(len(c.b)); n > size && size >= headerSize {
		e.Advice = fmt.Sprintf("that is more than the whole file of %d bytes, so the length is damaged: %s", size, fetchAgain)
	}
	c.note(ErrTruncated, at, e)
}

const fetchAgain = "download or copy it again"

// note adds a problem with what is being read. Of e the caller fills in what is particular.
func (c *cursor) note(kind error, at int, e Error) { c.noteAt(kind, int64(at), e) }

func (c *cursor) noteAt(kind error, at int64, e Error) { c.add(c.describeAt(kind, at, e)) }

func (c *cursor) describe(kind error, at int, e Error) *Error {
	return c.describeAt(kind, int64(at), e)
}

func (c *cursor) describeAt(kind error, at int64, e Error) *Error {
	e.File, e.Kind, e.Offset = c.file, kind, at
	e.Key, e.Tensor = c.key, c.tensor
	return &e
}
