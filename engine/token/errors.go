package token

import (
	"errors"
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
)

// When the tokenizer of a file is refused. Each problem is a [gguf.Error] of one of these kinds, or of
// [gguf.ErrMissingKey], [gguf.ErrWrongType] or [gguf.ErrBadValue].
var (
	ErrUnsupportedKind = errors.New("tokenizer not supported")
	ErrUnknownKind     = errors.New("unknown tokenizer")
	ErrLengthMismatch  = errors.New("wrong number of entries")
	ErrDuplicateToken  = errors.New("token twice")
	ErrBadByteToken    = errors.New("bad byte token")
	ErrBadMerge        = errors.New("bad merge")
	ErrBadCharsmap     = errors.New("bad charsmap")
)

// When a tokenizer works but is odd; see [Vocab.Warnings]. So are [gguf.ErrNotUTF8], [gguf.ErrIntWidth],
// [gguf.ErrBadValue] and, for ids that a file can do without, [ErrBadID].
var (
	ErrEmptyToken   = errors.New("empty token")
	ErrNoByteTokens = errors.New("no byte tokens")
)

// ErrBadID is the kind of an id that is outside the vocabulary: in the metadata, where it refuses the file if it is
// BOS's or EOS's, or in the ids to decode.
var ErrBadID = errors.New("token id outside the vocabulary")

// ErrNoToken is the kind of the error when BOS or EOS is asked for and the file names none.
var ErrNoToken = errors.New("no such token")

// ErrTextTooLong is the kind of the error when a text does not fit into 31 bits.
var ErrTextTooLong = errors.New("text too long")

// IDError says that an id is not one of the vocabulary's. Its kind is [ErrBadID].
type IDError struct {
	ID  int32
	Len int // of the vocabulary, in tokens
}

func (e *IDError) Error() string {
	return fmt.Sprintf("%v: %d, want 0 to %d: do the ids belong to this model?", ErrBadID, e.ID, e.Len-1)
}

func (e *IDError) Unwrap() error { return ErrBadID }

// UnknownTextError says that a vocabulary has no token for a piece of text, none for its bytes, and none for unknown text.
type UnknownTextError struct {
	File string
	Text string // usually one character
}

func (e *UnknownTextError) Error() string {
	return fmt.Sprintf("%s: no token for the text %s: the vocabulary has neither byte tokens nor one for unknown text; leave it out",
		escape.Text(e.File), escape.Quote(e.Text))
}

// mostOfKind bounds what is reported of one kind: a file with one wrong token often has thousands.
const mostOfKind = 8

// findings collects what is wrong with, or odd in, one tokenizer.
type findings struct {
	file string
	list []error
	seen map[error]int // by kind
}

func (f *findings) add(e gguf.Error) {
	if f.seen == nil {
		f.seen = map[error]int{}
	}
	f.seen[e.Kind]++
	if f.seen[e.Kind] <= mostOfKind {
		e.File = f.file
		f.list = append(f.list, &e)
	}
}

// all returns the findings, with the number of those that were left out.
func (f *findings) all() []error {
	list := f.list
	for _, err := range f.list {
		var e *gguf.Error
		if !errors.As(err, &e) {
			continue // a fault of the map
		}
		kind := e.Kind
		if left := f.seen[kind] - mostOfKind; left > 0 {
			list = append(list[:len(list):len(list)], fmt.Errorf("%s: %w: and %d more", escape.Text(f.file), kind, left))
			delete(f.seen, kind)
		}
	}
	return list
}
