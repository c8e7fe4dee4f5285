package arch_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// kinds maps the corpus's words for what is wrong to our errors.
var kinds = map[string]error{
	"missing_key":          gguf.ErrMissingKey,
	"bad_value":            gguf.ErrBadValue,
	"missing_tensor":       arch.ErrMissingTensor,
	"wrong_shape":          arch.ErrWrongShape,
	"wrong_type":           gguf.ErrWrongType,
	"wrong_tensor_type":    arch.ErrWrongTensorType,
	"length_mismatch":      arch.ErrLengthMismatch,
	"unknown_architecture": arch.ErrUnknownArchitecture,
	"unused_tensor":        arch.ErrUnusedTensor,
}

type malformed struct {
	ID, File, Class, Stage, What, Want, Kind string
	Or, Mentions                             []string
}

func malformedCases(t *testing.T) []malformed {
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

// TestHyperParameters opens the files whose container is sound but whose numbers or weights are not those of a model.
func TestHyperParameters(t *testing.T) {
	dir := filepath.Dir(fixtures.Path(t, "malformed/cases.jsonl"))
	for _, c := range malformedCases(t) {
		if c.Class != "H" && c.Class != "V" && c.Class != "seed" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			f, err := gguf.Open(filepath.Join(dir, c.File))
			if err != nil {
				t.Fatalf("the container is sound, but: %v", err)
			}
			defer f.Close()
			m, err := arch.Load(f)
			switch {
			case len(f.Tensors()) == 0:
				if !errors.Is(err, arch.ErrNoWeights) {
					t.Errorf("a vocabulary without weights: want ErrNoWeights, got: %v", err)
				}
			case c.Want == "refuse":
				checkReason(t, c, parts(err))
			case err != nil:
				t.Errorf("%s: want %s, got: %v", c.What, c.Want, err)
			case c.Want == "warn":
				checkReason(t, c, m.Warnings)
			case len(m.Warnings) > 0:
				t.Errorf("%s: want no warning, got: %v", c.What, m.Warnings)
			}
		})
	}
}

func checkReason(t *testing.T, c malformed, problems []error) {
	t.Helper()
	accepted := append([]string{c.Kind}, c.Or...)
	for _, err := range problems {
		for word, kind := range kinds {
			if !errors.Is(err, kind) || !slices.Contains(accepted, word) {
				continue
			}
			if word != c.Kind || mentionsAll(err.Error(), c.Mentions) {
				return
			}
		}
	}
	t.Errorf("%s: want %s (kind %v, mentions %q), got: %v", c.What, c.Want, accepted, c.Mentions, problems)
}

func mentionsAll(msg string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(strings.ToLower(msg), strings.ToLower(w)) {
			return false
		}
	}
	return true
}

func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && err.Error() == errors.Join(joined.Unwrap()...).Error() {
		return joined.Unwrap()
	}
	return []error{err}
}
