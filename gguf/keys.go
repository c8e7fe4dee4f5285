package gguf

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	longestKey     = 65535 // the specification's limit
	deepestNesting = 8     // of arrays in arrays, which llama.cpp does not read at all; it bounds the recursion
)

// readKeys reads n keys with their values. It returns false where nothing behind can be read.
func (f *File) readKeys(c *cursor, n uint64) bool {
	f.index = make(map[string]int)
	for i := range n {
		if !f.readKey(c, i) {
			return false
		}
	}
	c.key = ""
	return true
}

func (f *File) readKey(c *cursor, i uint64) bool {
	c.key = ""
	at := c.pos
	text, ok := c.text(func() string { return fmt.Sprintf("key %d", i) })
	if !ok {
		return false
	}
	c.key = string(text)
	f.checkKey(c, at)
	value, ok := c.value(f)
	if !ok {
		return false
	}
	if first, twice := f.index[c.key]; twice {
		c.note(ErrDuplicateKey, at, Error{Field: "first", Seen: fmt.Sprintf("at byte %d", f.keys[first].at), Expected: "every key once"})
	} else {
		f.index[c.key] = len(f.keys)
	}
	f.keys = append(f.keys, KV{c.key, value, at})
	return true
}

// checkKey judges the key that is being read, whose length stands at byte at.
func (f *File) checkKey(c *cursor, at int) {
	switch key := c.key; {
	case key == "":
		c.note(ErrBadKey, at, Error{Field: "length", Seen: "0", Expected: "at least 1"})
	case len(key) > longestKey:
		c.note(ErrBadKey, at, Error{Field: "length", Seen: strconv.Itoa(len(key)), Expected: fmt.Sprintf("at most %d", longestKey)})
	case !utf8.ValidString(key):
		c.note(ErrNotUTF8, at, Error{Field: "the key is not UTF-8", Expected: "lower case ASCII"})
	case strings.Contains(key, "\x00"):
		c.note(ErrBadKey, at, Error{Field: "it contains a NUL", Expected: "none", Advice: "a reader in C would see a shorter key"})
	case hasControls(key):
		f.warn(c.describe(ErrControlChars, at, Error{Field: "in the key"}))
	case !isASCII(key):
		f.warn(c.describe(ErrBadKey, at, Error{Field: "letters outside ASCII", Expected: "lower case ASCII"}))
	}
}

// hasControls reports whether printing s raw would do anything but show letters.
func hasControls(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) })
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '\x7e' })
}

// value reads the type and the value of the present key.
func (c *cursor) value(f *File) (Value, bool) {
	v := Value{order: c.order, at: c.pos}
	typ, ok := c.valueType("type")
	if !ok {
		return v, false
	}
	v.typ = typ
	switch typ {
	case TypeString:
		return c.stringValue(f, v)
	case TypeArray:
		return c.array(v, c.pos, 1)
	}
	at := c.pos
	b, ok := c.fixed(typ.fixedSize(), "value")
	if !ok {
		return v, false
	}
	v.bits = readBits(c.order, b)
	if typ == TypeBool {
		c.checkBools(b, at)
	}
	return v, true
}

func (c *cursor) stringValue(f *File, v Value) (Value, bool) {
	at := c.pos
	b, ok := c.text(func() string { return "string" })
	if !ok {
		return v, false
	}
	v.text = string(b)
	if !utf8.ValidString(v.text) {
		f.warn(c.describe(ErrNotUTF8, at, Error{Field: "the string is not UTF-8"}))
	}
	return v, true
}

func (c *cursor) valueType(field string) (ValueType, bool) {
	at := c.pos
	id, ok := c.u32(field)
	if !ok {
		return 0, false
	}
	if t := ValueType(id); t.Valid() {
		return t, true
	}
	c.note(ErrBadType, at, Error{Field: field, Seen: fmt.Sprint(id), Expected: "0 to 12"})
	return 0, false
}
