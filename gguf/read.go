package gguf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

const (
	magic         = "GGUF"
	headerSize    = 24 // magic, version, two counts
	smallestEntry = 25 // a tensor without a name or dimensions: length, number of dimensions, type, offset
	smallestKV    = 13 // a key without text and a value of one byte
	oldestRead    = 2
	newestRead    = 3
)

// read reads the file's metadata and tensor list. What it could not read is in the problems.
func (f *File) read() {
	c := &cursor{b: f.src.bytes, file: f.Name, problems: &f.problems}
	if !f.readHeader(c) {
		return
	}
	tensors, keys, ok := readCounts(c)
	if !ok || !f.readKeys(c, keys) {
		return
	}
	f.readAlignment(c)
	if f.readTensors(c, tensors) {
		f.layOut(c)
	}
}

// readHeader reads the magic and the version, from which it learns the byte order.
func (f *File) readHeader(c *cursor) bool {
	start, ok := c.fixed(4, "magic")
	if !ok {
		return false
	}
	if string(start) != magic {
		c.note(ErrBadMagic, 0, Error{Field: "the first bytes are", Seen: fmt.Sprintf("%q", start), Expected: `"GGUF"`, Advice: adviceFor(c.b)})
		return false
	}
	version, ok := c.u32("version")
	if !ok {
		return false
	}
	// The format has no other mark: in a file of the other byte order the version's low half is empty.
	if version != 0 && version&0xffff == 0 {
		f.BigEndian = true
		c.order = bigEndian
		version = binary.BigEndian.Uint32(c.b[4:])
	}
	f.Version = version
	f.headerRead = true
	if version < oldestRead || version > newestRead {
		c.note(ErrBadVersion, 4, Error{Field: "version", Seen: fmt.Sprint(version), Expected: "2 or 3", Advice: adviceForVersion(version)})
		return false
	}
	return true
}

func adviceForVersion(version uint32) string {
	switch {
	case version == 1:
		return "llama.cpp does not read version 1 either: convert the original model again with its convert_hf_to_gguf.py"
	case version > newestRead:
		return "the file is damaged, or newer than this program"
	}
	return "the file is damaged: " + fetchAgain
}

// adviceFor guesses from its first bytes what a file is that is no GGUF file.
func adviceFor(b []byte) string {
	for _, known := range []struct{ start, advice string }{
		{"\x1f\x8b", "it is compressed with gzip: unpack it with gunzip first"},
		{"PK\x03\x04", "it is a zip archive: unpack it first"},
		{"(\xb5\x2f\xfd", "it is compressed with zstd: unpack it first"},
		{"version https://git-lfs", "it is a Git LFS pointer, not the model: run git lfs pull"},
		{"<", "it looks like a web page saved in place of the model: download it again"},
		{"lmgg", "it is in the GGML format from before GGUF: convert the original model again"},
		{"tjgg", "it is in the GGJT format from before GGUF: convert the original model again"},
		{"GGML", "it is in a format from before GGUF: convert the original model again"},
		{"\x00\x00\x00\x00", "it begins with zeros, as an interrupted download does: download it again"},
	} {
		if bytes.HasPrefix(b, []byte(known.start)) {
			return known.advice
		}
	}
	if len(b) > 9 && strings.HasPrefix(string(b[8:10]), "{\"") {
		return "it looks like a safetensors file: convert it to GGUF first"
	}
	return ""
}

// plausibleCount is a number of keys or tensors that real files may have. A count that cannot fit is blamed
// only above it: below, it is likelier that the file was cut short, and reading on tells where.
const plausibleCount = 1 << 16

func readCounts(c *cursor) (tensors, keys uint64, ok bool) {
	at := c.pos
	if tensors, ok = c.u64("tensor count"); !ok {
		return 0, 0, false
	}
	if keys, ok = c.u64("key count"); !ok {
		return 0, 0, false
	}
	okTensors := c.plausible("tensor count", tensors, smallestEntry, at)
	okKeys := c.plausible("key count", keys, smallestKV, at+8)
	return tensors, keys, okTensors && okKeys
}

// plausible checks a count that stands at byte at, of things of which the smallest has that many bytes.
func (c *cursor) plausible(field string, n uint64, smallest, at int) bool {
	room := uint64(c.left() / smallest)
	if n <= room || n <= plausibleCount {
		return true
	}
	c.note(ErrBadCount, at, Error{
		Field: field, Seen: fmt.Sprint(n), Expected: fmt.Sprintf("at most %d, for which the file has room", room),
		Advice: "the file is damaged: " + fetchAgain,
	})
	return false
}
