package token

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// corpusKinds maps the words of the hostile corpus to our sentinels.
var corpusKinds = map[string]error{
	"missing_key": gguf.ErrMissingKey, "wrong_type": gguf.ErrWrongType, "bad_value": gguf.ErrBadValue,
	"not_utf8": gguf.ErrNotUTF8, "int_width": gguf.ErrIntWidth, "length_mismatch": ErrLengthMismatch,
	"duplicate_token": ErrDuplicateToken, "empty_token": ErrEmptyToken, "bad_merge": ErrBadMerge, "bad_token_id": ErrBadID,
	"no_byte_tokens": ErrNoByteTokens, "unknown_tokenizer": ErrUnknownKind, "bad_charsmap": ErrBadCharsmap,
	"bad_byte_token": ErrBadByteToken,
}

type malformed struct {
	ID, File, Class, Stage, What, Want, GGUF, Kind string

	Or       []string
	Mentions []string
	Offset   int64
	OffsetOr []int64 `json:"offset_or"`
	Encode   *struct {
		Text string
		IDs  []int32
	}
}

// unbuiltKinds are the cases that are about a kind of tokenizer that is refused as a whole so far.
var unbuiltKinds = []string{"T09", "T11", "T13", "T14"}

func TestMalformedVocabulariesEndAsTheCorpusSays(t *testing.T) {
	lines(t, "malformed/cases.jsonl", func(_ int, c malformed) {
		if c.Class != "T" {
			return
		}
		t.Run(c.ID, func(t *testing.T) {
			warnings, err := examine(t, c)
			switch {
			case slices.Contains(unbuiltKinds, c.ID):
				if !errors.Is(err, ErrUnsupportedKind) || len(flatten(err)) != 1 {
					t.Errorf("%s: %v, want it refused for its kind alone", c.What, err)
				}
			case c.Want == "refuse":
				if !slices.ContainsFunc(flatten(err), c.told) {
					t.Errorf("%s: %v, want %s with %q at %d", c.What, err, c.Kind, c.Mentions, c.Offset)
				}
			case c.Want == "warn":
				if err != nil || len(warnings) != 1 || !c.told(warnings[0]) {
					t.Errorf("%s: error %v, warnings %v, want one of %s with %q at %d", c.What, err, warnings, c.Kind, c.Mentions, c.Offset)
				}
			case err != nil || len(warnings) > 0:
				t.Errorf("%s: error %v, warnings %v, want none", c.What, err, warnings)
			}
		})
	})
}

func (c malformed) path(t *testing.T) string {
	return fixtures.Path(t, filepath.Join("malformed", c.File))
}

// examine opens the tokenizer of a case, and encodes what the case wants encoded.
func examine(t *testing.T, c malformed) (warnings []error, err error) {
	t.Helper()
	v, err := New(openPath(t, c.path(t)))
	if err != nil {
		return nil, err
	}
	if err := v.Check(); err != nil {
		return nil, err
	}
	if e := c.Encode; e != nil {
		if ids, err := v.Encode(e.Text, EncodeOptions{ParseSpecial: true}); err != nil || !slices.Equal(ids, e.IDs) {
			t.Errorf("Encode(%q) = %d, %v, want %d", e.Text, ids, err, e.IDs)
		}
	}
	return v.Warnings(), nil
}

// told reports whether err is the fault of c, at the right place, with the words that the corpus wants.
func (c malformed) told(err error) bool {
	var e *gguf.Error
	if !errors.As(err, &e) || e.File == "" {
		return false
	}
	if e.Offset >= 0 && e.Offset != c.Offset && !slices.Contains(c.OffsetOr, e.Offset) {
		return false
	}
	if slices.ContainsFunc(c.Or, func(word string) bool { return corpusKinds[word] == e.Kind }) {
		return true
	}
	text := strings.ToLower(err.Error())
	missing := func(word string) bool { return !strings.Contains(text, strings.ToLower(word)) }
	return corpusKinds[c.Kind] == e.Kind && !slices.ContainsFunc(c.Mentions, missing)
}

// Whatever else is wrong with a file, its tokenizer is read without a panic, and where the fault is elsewhere the
// tokenizer is found to be fine.
func TestOtherFaultsAreNoFaultsOfTheTokenizer(t *testing.T) {
	lines(t, "malformed/cases.jsonl", func(_ int, c malformed) {
		f, err := gguf.Open(c.path(t))
		if err != nil {
			return
		}
		defer f.Close()
		_, hasTokenizer := f.Lookup(keyPrefix + "model")
		v, err := New(f)
		if err == nil {
			err = v.Check()
		}
		if c.Class != "T" && hasTokenizer && err != nil {
			t.Errorf("%s (%s): %v", c.ID, c.What, err)
		}
	})
}
