package gguf

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/sonde-ml/sonde/internal/escape"
)

// When a path cannot be opened, or not read to the end.
var (
	ErrNotRegular = errors.New("not a regular file")
	ErrUnreadable = errors.New("cannot be read")
	ErrRewritten  = errors.New("written to while in use")
)

// When the container is broken; [Open] refuses the file.
var (
	ErrBadMagic        = errors.New("not a GGUF file")
	ErrBadVersion      = errors.New("unsupported version")
	ErrTruncated       = errors.New("cut short")
	ErrBadCount        = errors.New("impossible count")
	ErrBadKey          = errors.New("bad key")
	ErrDuplicateKey    = errors.New("key twice")
	ErrNotUTF8         = errors.New("not UTF-8")
	ErrBadType         = errors.New("unknown metadata type")
	ErrBadValue        = errors.New("bad value")
	ErrNesting         = errors.New("arrays nested too deep")
	ErrBadAlignment    = errors.New("bad alignment")
	ErrBadName         = errors.New("bad tensor name")
	ErrNameTooLong     = errors.New("tensor name too long")
	ErrDuplicateTensor = errors.New("tensor twice")
	ErrBadDims         = errors.New("bad dimensions")
	ErrBadRow          = errors.New("row is no whole number of blocks")
	ErrRemovedType     = errors.New("removed tensor type")
	ErrUnknownType     = errors.New("unknown tensor type")
	ErrOverflow        = errors.New("number too large")
	ErrUnaligned       = errors.New("unaligned data")
	ErrOutOfBounds     = errors.New("data outside the file")
	ErrOverlap         = errors.New("overlapping data")
)

// When a file is odd but can be understood in one way only; see [File.Warnings].
var (
	ErrControlChars = errors.New("control characters")
	ErrIntWidth     = errors.New("integer of another width")
	ErrGap          = errors.New("unused bytes between tensors")
	ErrTrailing     = errors.New("bytes behind the last tensor")
)

// When a key is asked for; see [File.Uint] and its siblings.
var (
	ErrMissingKey = errors.New("missing key")
	ErrWrongType  = errors.New("wrong type")
)

// Error is one thing that is wrong with a file. Kind is one of the Err… values, for errors.Is.
type Error struct {
	File     string
	Kind     error
	Key      string // the metadata key, "" where it is not about one
	Tensor   string // the tensor, "" where it is not about one
	Field    string // the field that is wrong, such as "offset"
	Seen     string // its value
	Expected string // what it should be
	Offset   int64  // of the field, in bytes from the start of the file; -1 where there is none
	Advice   string // what to do
	Err      error  // the system's error, if there is one
}

// Error tells the whole story on one line, escaped for a terminal.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(escape.Text(e.File))
	switch {
	case e.Tensor != "":
		b.WriteString(": tensor " + escape.Quote(e.Tensor))
	case e.Key != "":
		b.WriteString(": key " + escape.Quote(e.Key))
	}
	fmt.Fprintf(&b, ": %v", e.Kind)
	if detail := e.detail(); detail != "" {
		b.WriteString(": " + detail)
	}
	if e.Advice != "" {
		b.WriteString(": " + escape.Text(e.Advice))
	}
	return b.String()
}

// detail is "FIELD SEEN, want EXPECTED, at byte OFFSET", without what is not known.
func (e *Error) detail() string {
	var parts []string
	if field := strings.TrimSpace(e.Field + " " + e.Seen); field != "" {
		parts = append(parts, field)
	}
	if e.Expected != "" {
		parts = append(parts, "want "+e.Expected)
	}
	if e.Offset >= 0 {
		parts = append(parts, fmt.Sprintf("at byte %d", e.Offset))
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return escape.Text(strings.Join(parts, ", "))
}

// Unwrap gives errors.Is and errors.As the kind and the system's error.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// mostProblems bounds what is kept of a file in which everything is wrong: an error is
// larger than the smallest tensor entry that can cause one.
const mostProblems = 100

// problems collects what is wrong with one file.
type problems struct {
	list    []error
	dropped int
}

func (p *problems) add(err error) {
	if len(p.list) == mostProblems {
		p.dropped++
		return
	}
	p.list = append(p.list, err)
}

// join returns all problems as one error, nil without any.
func (p *problems) join() error {
	list := p.list
	if p.dropped > 0 {
		list = append(list[:len(list):len(list)], fmt.Errorf("and %d more problems", p.dropped))
	}
	return errors.Join(list...)
}

// byteOffset makes a position that was computed from the file fit for an [Error].
func byteOffset(n uint64) int64 {
	if n > math.MaxInt64 {
		return -1
	}
	return int64(n)
}
