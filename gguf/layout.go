package gguf

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/sonde-ml/sonde/internal/checked"
)

const (
	alignmentKey      = "general.alignment"
	defaultAlignment  = 32
	smallestAlignment = 8 // the specification wants multiples of 8
)

// readAlignment finds the alignment in the metadata; it stays 0 where that is impossible.
func (f *File) readAlignment(c *cursor) {
	v, ok := f.Lookup(alignmentKey)
	if !ok {
		f.Alignment = defaultAlignment
		return
	}
	c.key = alignmentKey
	defer func() { c.key = "" }()
	if !v.Type().IsInteger() {
		c.note(ErrWrongType, v.at, Error{Field: "type", Seen: v.Type().String(), Expected: "u32"})
		return
	}
	n, ok := v.Uint()
	if n, fits := checked.Int(n, math.MaxInt); ok && fits && n >= smallestAlignment && n&(n-1) == 0 && n <= max(f.claimed(c), defaultAlignment) {
		f.Alignment = n
	} else {
		c.note(ErrBadAlignment, v.at+4, Error{Field: "value", Seen: fmt.Sprint(v.Any(0)), Expected: fmt.Sprintf("a power of two from %d on, no larger than the file", smallestAlignment)})
	}
	if v.Type() != TypeUint32 {
		f.warn(c.describe(ErrIntWidth, v.at, Error{Field: "type", Seen: v.Type().String(), Expected: "u32"}))
	}
}

// claimed is the size of the file as far as its layout is concerned: without bounds, if only the header is looked at.
func (f *File) claimed(c *cursor) int {
	if f.headerOnly {
		return math.MaxInt
	}
	return len(c.b)
}

// layOut places the tensors in the file, whose list ends where the cursor stands.
func (f *File) layOut(c *cursor) {
	if f.Alignment == 0 {
		return
	}
	start, _ := checked.AlignUp(uint64(c.pos), uint64(f.Alignment))
	if len(f.tensors) == 0 {
		start = min(start, uint64(len(c.b))) // llama.cpp does not pad before an empty section
	}
	f.DataOffset = byteOffset(start)
	l := layout{cursor: c, file: f, size: uint64(f.claimed(c)), start: start, end: start, next: start}
	l.place()
	l.reportCut()
	l.checkEnd()
	c.tensor = ""
}

// layout goes through the tensors in the order of their data.
type layout struct {
	*cursor
	file  *File
	size  uint64
	start uint64  // of the data section
	end   uint64  // of the data seen so far
	last  *Tensor // whose data ends there
	next  uint64  // where the next tensor begins if there is no gap
	holes bool    // some tensor has no place, so that unused bytes mean nothing
	cut   []*Tensor
}

func (l *layout) place() {
	placed := make([]*Tensor, 0, len(l.file.tensors))
	for _, t := range l.file.tensors {
		if l.tensor = t.Name; l.locate(t) {
			placed = append(placed, t)
		} else {
			l.holes = true
		}
	}
	slices.SortStableFunc(placed, func(a, b *Tensor) int { return cmp.Compare(a.Offset, b.Offset) })
	for _, t := range placed {
		l.tensor = t.Name
		l.follow(t)
	}
}

// locate computes where t's data begins.
func (l *layout) locate(t *Tensor) bool {
	at := t.offsetAt()
	if t.bytes == 0 {
		return false
	}
	if up, _ := checked.AlignUp(t.rel, uint64(l.file.Alignment)); up != t.rel {
		l.note(ErrUnaligned, at, Error{Field: "offset", Seen: fmt.Sprint(t.rel), Expected: fmt.Sprintf("a multiple of the alignment %d", l.file.Alignment)})
		return false
	}
	begin, ok := checked.Add(l.start, t.rel)
	end, ok2 := checked.Add(begin, t.bytes)
	if !ok || !ok2 || byteOffset(end) < 0 {
		l.note(ErrOverflow, at, Error{Field: "offset", Seen: fmt.Sprint(t.rel), Expected: "less than the file's size"})
		return false
	}
	t.Offset = byteOffset(begin)
	return true
}

// follow checks t against the tensors whose data begins before it.
func (l *layout) follow(t *Tensor) {
	begin := uint64(t.Offset)
	end, _ := checked.Add(begin, t.bytes) // fits: it was located
	switch {
	case l.last != nil && begin < l.end:
		lastEnd, _ := checked.Sub(l.end, l.start)
		l.note(ErrOverlap, t.offsetAt(), Error{Field: "offset", Seen: fmt.Sprint(t.rel), Expected: fmt.Sprintf("%d or more, where the data of %q ends", lastEnd, l.last.Name)})
	case checked.Within(begin, t.bytes, l.size):
		l.reportGap(t, begin)
		l.view(t, begin, end)
	case begin == l.next:
		l.cut = append(l.cut, t)
	default:
		l.note(ErrOutOfBounds, t.offsetAt(), Error{Field: "offset", Seen: fmt.Sprint(t.rel), Expected: fmt.Sprintf("at most %d, for the data section to hold its %d bytes", l.room(t.bytes), t.bytes)})
		return
	}
	if end > l.end {
		l.end, l.last = end, t
		l.next, _ = checked.AlignUp(end, uint64(l.file.Alignment))
	}
}

// view gives t its bytes, which a file of which only the header is looked at may lack.
func (l *layout) view(t *Tensor, begin, end uint64) {
	if end > uint64(len(l.b)) {
		return
	}
	t.data = l.b[begin:end:end]
	if l.file.BigEndian {
		t.swapLater()
	}
}

// room is the largest offset at which the file could hold n bytes.
func (l *layout) room(n uint64) uint64 {
	section, ok := checked.Sub(l.size, l.start)
	room, ok2 := checked.Sub(section, n)
	if !ok || !ok2 {
		return 0
	}
	return room
}

// reportGap warns of bytes before t's data that belong to no tensor.
func (l *layout) reportGap(t *Tensor, begin uint64) {
	unused, ok := checked.Sub(begin, l.next)
	if !ok || unused == 0 || l.holes {
		return
	}
	e := Error{Field: fmt.Sprintf("%d bytes before its data belong to no tensor", unused)}
	at := t.offsetAt()
	if l.last != nil {
		// Its type and shape are what make it end where it does.
		l.tensor, at = l.last.Name, l.last.typeAt()
		e.Field = fmt.Sprintf("%d bytes behind its data belong to no tensor", unused)
	}
	l.file.warn(l.describe(ErrGap, at, e))
}

// reportCut tells once of the tensors whose data should follow but is not all there.
func (l *layout) reportCut() {
	if len(l.cut) == 0 {
		return
	}
	first, size := l.cut[0], l.size
	at := min(uint64(first.Offset), size)
	present, _ := checked.Sub(size, at)
	missing, _ := checked.Sub(l.end, size)
	e := Error{Field: "data", Seen: fmt.Sprintf("has %d bytes", present), Expected: fmt.Sprintf("%d bytes", first.bytes)}
	e.Advice = fmt.Sprintf("the file ends at byte %d, %d bytes too early: %s", size, missing, fetchAgain)
	if n := len(l.cut) - 1; n > 0 {
		e.Advice = fmt.Sprintf("the file ends at byte %d, %d bytes too early for this and %d more tensors: %s", size, missing, n, fetchAgain)
	}
	l.tensor = first.Name
	l.noteAt(ErrTruncated, byteOffset(at), e)
}

// checkEnd warns of bytes behind the last tensor and its padding.
func (l *layout) checkEnd() {
	extra, ok := checked.Sub(l.size, l.next)
	if !ok || extra == 0 || l.holes || l.file.headerOnly {
		return
	}
	l.tensor = ""
	l.file.warn(l.describeAt(ErrTrailing, byteOffset(l.next), Error{Field: fmt.Sprintf("%d bytes", extra), Expected: "none", Advice: "they are ignored"}))
}
