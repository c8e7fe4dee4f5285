package gguf

import (
	"fmt"

	"github.com/sonde-ml/sonde/internal/checked"
)

// array reads an array from its element type on. outermost is where that of the outermost array stands.
func (c *cursor) array(v Value, outermost, depth int) (Value, bool) {
	var ok bool
	if v.elem, ok = c.valueType("element type"); !ok {
		return v, false
	}
	if v.elem == TypeArray && depth == deepestNesting {
		c.note(ErrNesting, outermost, Error{Field: "depth", Seen: fmt.Sprintf("more than %d", depth), Expected: fmt.Sprintf("at most %d", depth)})
		return v, false
	}
	at := c.pos
	n, ok := c.u64("element count")
	if !ok || !c.roomFor(n, v.elem, at) {
		return v, false
	}
	start := c.pos
	if !c.elements(v.elem, n, outermost, depth) {
		return v, false
	}
	v.raw = c.b[start:c.pos]
	v.count, ok = checked.Int(n, len(v.raw)) // every element has a byte or more
	return v, ok
}

// roomFor checks that the bytes that are left can hold n elements of type t; at is where n stands.
// Strings and arrays in a plausible number are left to be read, since that tells where the file ends.
func (c *cursor) roomFor(n uint64, t ValueType, at int) bool {
	smallest := valueTypes[t].size
	size, ok := checked.Mul(n, uint64(smallest))
	if ok && (size <= uint64(c.left()) || t.fixedSize() == 0 && n <= plausibleCount) {
		return true
	}
	kind, advice := ErrTruncated, "the file is cut short: "+fetchAgain
	if !ok || size > uint64(len(c.b)) {
		kind, advice = ErrBadCount, "the file is damaged: "+fetchAgain
	}
	if !ok {
		kind = ErrOverflow
	}
	c.note(kind, at, Error{
		Field:    "element count",
		Seen:     fmt.Sprint(n),
		Expected: fmt.Sprintf("at most %d of type %v in the %d bytes that are left", c.left()/smallest, t, c.left()),
		Advice:   advice,
	})
	return false
}

// elements passes over n elements of type t and checks them.
func (c *cursor) elements(t ValueType, n uint64, outermost, depth int) bool {
	switch t {
	case TypeString:
		return c.strings(n)
	case TypeArray:
		return c.arrays(n, outermost, depth+1)
	}
	at := c.pos
	size, _ := checked.Mul(n, uint64(t.fixedSize())) // fits: there is room for it
	b, ok := c.take(size)
	if ok && t == TypeBool {
		c.checkBools(b, at)
	}
	return ok
}

func (c *cursor) arrays(n uint64, outermost, depth int) bool {
	for range n {
		if _, ok := c.array(Value{}, outermost, depth); !ok {
			return false
		}
	}
	return true
}

func (c *cursor) strings(n uint64) bool {
	for i := range n {
		if _, need, ok := c.takeText(); !ok {
			c.cut(fmt.Sprintf("element %d", i), c.pos, need)
			return false
		}
	}
	return true
}

// checkBools notes the first byte of b that is neither 0 nor 1; b begins at byte at.
func (c *cursor) checkBools(b []byte, at int) {
	for i, x := range b {
		if x > 1 {
			c.note(ErrBadValue, at+i, Error{Field: "bool", Seen: fmt.Sprint(x), Expected: "0 or 1"})
			return
		}
	}
}
