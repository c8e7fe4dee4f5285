package gguf

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sonde-ml/sonde/internal/checked"
)

const (
	longestName = 63 // llama.cpp's limit; the specification says 64, but such a file opens nowhere
	mostDims    = 4
)

// readTensors reads n entries of the tensor list. It returns false where nothing behind can be read.
func (f *File) readTensors(c *cursor, n uint64) bool {
	f.byName = make(map[string]*Tensor)
	for i := range n {
		if !f.readTensor(c, i) {
			return false
		}
	}
	c.tensor = ""
	return true
}

func (f *File) readTensor(c *cursor, i uint64) bool {
	c.tensor = ""
	t := &Tensor{file: f, at: c.pos}
	name, ok := c.text(func() string { return fmt.Sprintf("name of tensor %d", i) })
	if !ok {
		return false
	}
	t.Name = string(name)
	c.tensor = t.Name
	f.checkName(c, t)
	dims, ok := c.dims()
	if !ok {
		return false
	}
	typ, ok := c.u32("type")
	if !ok {
		return false
	}
	if t.rel, ok = c.u64("offset"); !ok {
		return false
	}
	t.Type = Type(typ)
	c.checkShape(t, dims)
	f.addTensor(c, t)
	return true
}

func (f *File) addTensor(c *cursor, t *Tensor) {
	if first, twice := f.byName[t.Name]; twice {
		c.note(ErrDuplicateTensor, t.at, Error{Field: "first", Seen: fmt.Sprintf("at byte %d", first.at), Expected: "every name once"})
	} else {
		f.byName[t.Name] = t
	}
	f.tensors = append(f.tensors, t)
}

func (f *File) checkName(c *cursor, t *Tensor) {
	switch name := t.Name; {
	case name == "":
		c.note(ErrBadName, t.at, Error{Field: "length", Seen: "0", Expected: fmt.Sprintf("1 to %d", longestName)})
	case !utf8.ValidString(name):
		c.note(ErrNotUTF8, t.at, Error{Field: "the name is not UTF-8"})
	case strings.Contains(name, "\x00"):
		c.note(ErrBadName, t.at, Error{Field: "it contains a NUL", Expected: "none", Advice: "a reader in C would see a shorter name"})
	case len(name) > longestName:
		c.note(ErrNameTooLong, t.at, Error{Field: "length", Seen: fmt.Sprint(len(name)), Expected: fmt.Sprintf("1 to %d", longestName), Advice: "llama.cpp does not open it either"})
	case hasControls(name):
		f.warn(c.describe(ErrControlChars, t.at, Error{Field: "in the name"}))
	}
}

// dims reads the dimensions as the file has them, innermost first.
func (c *cursor) dims() ([]uint64, bool) {
	at := c.pos
	n, ok := c.u32("number of dimensions")
	if !ok {
		return nil, false
	}
	if n > mostDims {
		c.note(ErrBadDims, at, Error{Field: "number of dimensions", Seen: fmt.Sprint(n), Expected: fmt.Sprintf("0 to %d", mostDims)})
		return nil, false
	}
	dims := make([]uint64, 0, mostDims)
	for range n {
		d, ok := c.u64("dimensions")
		if !ok {
			return nil, false
		}
		dims = append(dims, d)
	}
	return dims, true
}

// checkShape gives t its shape and its size in bytes, if both are possible.
func (c *cursor) checkShape(t *Tensor, dims []uint64) {
	okType := c.checkType(t, t.dimAt(len(dims)))
	if !c.checkDims(t, dims) || !okType {
		return
	}
	row := t.RowLen()
	if row%t.Type.BlockWeights() != 0 {
		c.note(ErrBadRow, t.dimAt(0), Error{Field: "row of", Seen: fmt.Sprint(row), Expected: fmt.Sprintf("a multiple of %d, the block of %v", t.Type.BlockWeights(), t.Type)})
		return
	}
	blocks := uint64(t.Elements() / t.Type.BlockWeights())
	size, ok := checked.Mul(blocks, uint64(t.Type.BlockBytes()))
	if !ok || size > math.MaxInt {
		c.note(ErrOverflow, t.dimAt(0), Error{Field: "size", Seen: fmt.Sprintf("of %d blocks of %d bytes", blocks, t.Type.BlockBytes()), Expected: fmt.Sprintf("at most %d bytes", math.MaxInt)})
		return
	}
	t.bytes = size
}

// checkDims gives t the shape that dims, innermost first, stand for, and checks that their product fits.
func (c *cursor) checkDims(t *Tensor, dims []uint64) bool {
	ok, product := true, uint64(1)
	for i, d := range dims {
		var fits bool
		product, fits = checked.Mul(product, d)
		switch {
		case !ok: // one problem is enough
		case d == 0:
			c.note(ErrBadDims, t.dimAt(i), Error{Field: fmt.Sprintf("dimension %d of %d", i, len(dims)), Seen: "is 0", Expected: "at least 1"})
			ok = false
		case !fits || product > math.MaxInt:
			c.note(ErrOverflow, t.dimAt(0), Error{Field: "dimensions", Seen: fmt.Sprint(dims), Expected: fmt.Sprintf("at most %d weights in all", math.MaxInt)})
			ok = false
		}
		n, _ := checked.Int(d, math.MaxInt)
		t.Shape = append(t.Shape, n)
	}
	slices.Reverse(t.Shape)
	return ok
}

func (c *cursor) checkType(t *Tensor, at int) bool {
	switch {
	case t.Type.Valid():
		return true
	case t.Type.Removed():
		c.note(ErrRemovedType, at, Error{Field: "type", Seen: fmt.Sprintf("%d (%v)", uint32(t.Type), t.Type), Expected: "a type of today", Advice: "it was taken out of the format: quantise the original model again"})
	default:
		c.note(ErrUnknownType, at, Error{Field: "type", Seen: fmt.Sprint(uint32(t.Type)), Expected: fmt.Sprintf("0 to %d", len(types)-1), Advice: "the file is damaged, or newer than this program"})
	}
	return false
}
