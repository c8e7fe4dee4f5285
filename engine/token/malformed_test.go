package token

import (
	"errors"
	"slices"
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

// unbuiltKinds are the cases that are about a kind of tokenizer that is refused as a whole so far.
var unbuiltKinds = []string{"T09", "T11", "T13", "T14"}

func TestMalformedVocabulariesEndAsTheCorpusSays(t *testing.T) {
	for _, c := range fixtures.MalformedCases(t) {
		if c.Class != "T" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			warnings, err := examine(t, &c)
			switch {
			case slices.Contains(unbuiltKinds, c.ID):
				if !errors.Is(err, ErrUnsupportedKind) || len(flatten(err)) != 1 {
					t.Errorf("%s: %v, want it refused for its kind alone", c.What, err)
				}
			case c.Want == "refuse":
				if !slices.ContainsFunc(flatten(err), tells(&c)) {
					t.Errorf("%s: %v, want %s with %q at %d", c.What, err, c.Kind, c.Mentions, *c.Offset)
				}
			case c.Want == "warn":
				if err != nil || len(warnings) != 1 || !tells(&c)(warnings[0]) {
					t.Errorf("%s: error %v, warnings %v, want one of %s with %q at %d", c.What, err, warnings, c.Kind, c.Mentions, *c.Offset)
				}
			case err != nil || len(warnings) > 0:
				t.Errorf("%s: error %v, warnings %v, want none", c.What, err, warnings)
			}
		})
	}
}

// examine opens the tokenizer of a case, and encodes what the case wants encoded.
func examine(t *testing.T, c *fixtures.Malformed) (warnings []error, err error) {
	t.Helper()
	v, err := New(openPath(t, c.Path(t)))
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

// tells returns what reports whether an error is the fault of c, at the right place, with the words that the corpus wants.
func tells(c *fixtures.Malformed) func(error) bool {
	return func(err error) bool {
		var e *gguf.Error
		return errors.As(err, &e) && e.File != "" &&
			c.ToldBy(err.Error(), e.Offset, func(word string) bool { return corpusKinds[word] == e.Kind })
	}
}

// Whatever else is wrong with a file, its tokenizer is read without a panic, and where the fault is elsewhere the
// tokenizer is found to be fine.
func TestOtherFaultsAreNoFaultsOfTheTokenizer(t *testing.T) {
	for _, c := range fixtures.MalformedCases(t) {
		f, err := gguf.Open(c.Path(t))
		if err != nil {
			continue
		}
		_, hasTokenizer := f.Lookup(keyPrefix + "model")
		v, err := New(f)
		if err == nil {
			err = v.Check()
		}
		f.Close()
		if c.Class != "T" && hasTokenizer && err != nil {
			t.Errorf("%s (%s): %v", c.ID, c.What, err)
		}
	}
}
