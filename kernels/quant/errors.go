package quant

import (
	"errors"
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

// Kinds of [Error], beside [gguf.ErrRemovedType] and [gguf.ErrUnknownType].
var (
	ErrSize         = errors.New("sizes do not fit")
	ErrNeedsImatrix = errors.New("needs an importance matrix")
	ErrNoCodes      = errors.New("has no codes")
)

// Error says what could not be done with numbers of a type, and why.
type Error struct {
	Doing    string // "decode", "encode", "unpack" or "use"
	Type     gguf.Type
	Kind     error // one of the Err… values, for errors.Is
	Seen     string
	Expected string
	Advice   string // what to do, "" where Expected says it
}

// Error tells the whole story on one line.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s %v: %v: %s; expected %s", e.Doing, e.Type, e.Kind, e.Seen, e.Expected)
	if e.Advice != "" {
		s += "; " + e.Advice
	}
	return s
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

func noFormat(t gguf.Type) error {
	e := &Error{Doing: "use", Type: t, Kind: gguf.ErrUnknownType, Seen: fmt.Sprintf("tensor type %d", uint32(t))}
	e.Expected = "a type that ggml still has"
	e.Advice = "check that the file is intact, or update sonde"
	if t.Removed() {
		e.Kind, e.Advice = gguf.ErrRemovedType, "convert the original model again, to a type of today"
	}
	return e
}
