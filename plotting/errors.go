package plotting

import (
	"errors"
	"fmt"
)

// Kinds of error, for errors.Is.
var (
	// ErrData is wrapped when a Draw method gets data that make no picture.
	ErrData = errors.New("these data cannot be drawn")
	// ErrFormat is wrapped when Save is given a file name that ends in no known format.
	ErrFormat = errors.New("unknown picture format")
	// ErrSize is wrapped when a figure is to be drawn at an impossible size.
	ErrSize = errors.New("impossible picture size")
)

// A DataError says which field of which plot cannot be drawn. It wraps [ErrData].
type DataError struct {
	Plot  string // the type with the Draw method: "Histogram"
	Field string // the field of it: "Samples[1].Values"
	Seen  string // what was found: "12 values"
	Want  string // what is needed: "15 = 3 queries × 5 keys"
}

func (e *DataError) Error() string {
	return fmt.Sprintf("plotting: %s: field %s has %s, want %s", e.Plot, e.Field, e.Seen, e.Want)
}

func (e *DataError) Unwrap() error { return ErrData }
