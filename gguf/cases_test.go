package gguf

import (
	"errors"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

// kinds maps the words of the hostile corpus to our sentinels.
var kinds = map[string]error{
	"bad_magic": ErrBadMagic, "bad_version": ErrBadVersion, "unsupported_version": ErrBadVersion,
	"truncated": ErrTruncated, "bad_count": ErrBadCount, "bad_key": ErrBadKey, "not_utf8": ErrNotUTF8,
	"duplicate_key": ErrDuplicateKey, "bad_type": ErrBadType, "bad_value": ErrBadValue, "nesting": ErrNesting,
	"bad_alignment": ErrBadAlignment, "wrong_type": ErrWrongType, "bad_dims": ErrBadDims, "overflow": ErrOverflow,
	"bad_row": ErrBadRow, "removed_type": ErrRemovedType, "unknown_type": ErrUnknownType, "bad_name": ErrBadName,
	"name_too_long": ErrNameTooLong, "duplicate_tensor": ErrDuplicateTensor, "unaligned": ErrUnaligned,
	"out_of_bounds": ErrOutOfBounds, "overlap": ErrOverlap, "not_ascii": ErrBadKey,
	"bad_split": ErrBadSplit, "split_name": ErrSplitName, "missing_part": ErrMissingPart, "missing_key": ErrMissingKey,
	"control_chars": ErrControlChars, "int_width": ErrIntWidth, "gap": ErrGap, "trailing": ErrTrailing,
}

func TestOpenEndsAsTheCorpusSays(t *testing.T) {
	for _, c := range fixtures.MalformedCases(t) {
		if c.Stage != "gguf" && c.Stage != "split" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			f, err := Open(c.Path(t))
			var warnings []error
			if err == nil {
				defer f.Close()
				warnings = f.Warnings()
			}
			if got := outcome(err, warnings); got != c.Want {
				t.Errorf("%s: %s, want %s\n%v %v", c.What, got, c.Want, err, warnings)
			}
			if c.Want != "accept" {
				checkTold(t, &c, append(flatten(err), warnings...))
			}
		})
	}
}

func TestExamineEndsAsTheCorpusSays(t *testing.T) {
	for _, c := range fixtures.MalformedCases(t) {
		t.Run(c.ID, func(t *testing.T) {
			f, err := Examine(c.Path(t))
			var warnings []error
			if f != nil {
				defer f.Close()
				warnings = f.Warnings()
			}
			if c.Class == "S" && err == nil {
				warnings = nil // they are about sibling parts, of which the field gguf knows nothing
			}
			if got := outcome(err, warnings); got != c.GGUF {
				t.Errorf("%s: %s, want %s\n%v %v", c.What, got, c.GGUF, err, warnings)
			}
			if c.Stage == "gguf" && c.GGUF != "accept" {
				checkTold(t, &c, append(flatten(err), warnings...))
			}
		})
	}
}

func outcome(err error, warnings []error) string {
	switch {
	case err != nil:
		return "refuse"
	case len(warnings) > 0:
		return "warn"
	}
	return "accept"
}

// flatten lists the errors that were joined.
func flatten(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		if _, single := err.(*Error); !single {
			var list []error
			for _, e := range joined.Unwrap() {
				list = append(list, flatten(e)...)
			}
			return list
		}
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// checkTold looks for an error that says what the case wants.
func checkTold(t *testing.T, c *fixtures.Malformed, got []error) {
	t.Helper()
	told := func(err error) bool {
		var e *Error
		return errors.As(err, &e) && c.ToldBy(err.Error(), e.Offset, func(word string) bool { return errors.Is(err, kinds[word]) })
	}
	if !slices.ContainsFunc(got, told) {
		t.Errorf("%s: got\n%v\nwant kind %s or %v, mentions %q, offset %v or %v", c.What, errors.Join(got...), c.Kind, c.Or, c.Mentions, deref(c.Offset), c.OffsetOr)
	}
}

func deref(p *int64) any {
	if p == nil {
		return nil
	}
	return *p
}
