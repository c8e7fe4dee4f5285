package gguf

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// malformed is a line of the corpus.
type malformed struct {
	ID, File, Class, Stage, What, Want, GGUF, Kind string
	Or                                             []string
	Mentions                                       []string
	Offset                                         *int64
	OffsetOr                                       []int64 `json:"offset_or"`
	Files                                          []string
}

func corpus(t testing.TB) []malformed {
	f, err := os.Open(fixtures.Path(t, "malformed/cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []malformed
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c malformed
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

func (c malformed) path(t testing.TB) string {
	return fixtures.Path(t, filepath.Join("malformed", c.File))
}

func TestOpenEndsAsTheCorpusSays(t *testing.T) {
	for _, c := range corpus(t) {
		if c.Stage != "gguf" && c.Stage != "split" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			f, err := Open(c.path(t))
			var warnings []error
			if err == nil {
				defer f.Close()
				warnings = f.Warnings()
			}
			if got := outcome(err, warnings); got != c.Want {
				t.Errorf("%s: %s, want %s\n%v %v", c.What, got, c.Want, err, warnings)
			}
			if c.Want != "accept" {
				c.check(t, append(flatten(err), warnings...))
			}
		})
	}
}

func TestExamineEndsAsTheCorpusSays(t *testing.T) {
	for _, c := range corpus(t) {
		t.Run(c.ID, func(t *testing.T) {
			f, err := Examine(c.path(t))
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
				c.check(t, append(flatten(err), warnings...))
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

// check looks for an error that says what the corpus expects.
func (c malformed) check(t *testing.T, got []error) {
	if !slices.ContainsFunc(got, c.fits) {
		t.Errorf("%s: got\n%v\nwant kind %s or %v, mentions %q, offset %v or %v", c.What, errors.Join(got...), c.Kind, c.Or, c.Mentions, deref(c.Offset), c.OffsetOr)
	}
}

func deref(p *int64) any {
	if p == nil {
		return nil
	}
	return *p
}

func (c malformed) fits(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	if errors.Is(err, kinds[c.Kind]) {
		return c.mentioned(err) && c.offsetFits(e.Offset)
	}
	if slices.Contains(c.Or, "*") {
		return true
	}
	for _, word := range c.Or {
		if errors.Is(err, kinds[word]) && c.offsetFits(e.Offset) {
			return true
		}
	}
	return false
}

func (c malformed) mentioned(err error) bool {
	text := strings.ToLower(err.Error())
	return !slices.ContainsFunc(c.Mentions, func(s string) bool { return !strings.Contains(text, strings.ToLower(s)) })
}

func (c malformed) offsetFits(at int64) bool {
	return at < 0 || c.Offset == nil || at == *c.Offset || slices.Contains(c.OffsetOr, at)
}
