package arch_test

import (
	"errors"
	"slices"
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

// TestHyperParameters opens the files whose container is sound but whose numbers or weights are not those of a model.
func TestHyperParameters(t *testing.T) {
	for _, c := range fixtures.MalformedCases(t) {
		if c.Class != "H" && c.Class != "V" && c.Class != "seed" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			f, err := gguf.Open(c.Path(t))
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
				checkReason(t, &c, parts(err))
			case err != nil:
				t.Errorf("%s: want %s, got: %v", c.What, c.Want, err)
			case c.Want == "warn":
				checkReason(t, &c, m.Warnings)
			case len(m.Warnings) > 0:
				t.Errorf("%s: want no warning, got: %v", c.What, m.Warnings)
			}
		})
	}
}

func checkReason(t *testing.T, c *fixtures.Malformed, problems []error) {
	t.Helper()
	told := func(err error) bool {
		return c.ToldBy(err.Error(), -1, func(word string) bool { return errors.Is(err, kinds[word]) })
	}
	if !slices.ContainsFunc(problems, told) {
		t.Errorf("%s: want %s (kind %s or %v, mentions %q), got: %v", c.What, c.Want, c.Kind, c.Or, c.Mentions, problems)
	}
}

func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && err.Error() == errors.Join(joined.Unwrap()...).Error() {
		return joined.Unwrap()
	}
	return []error{err}
}
