package trace

import (
	"testing"

	"github.com/sonde-ml/sonde/internal/hostile"
)

func TestSizesGoThroughCheckedArithmetic(t *testing.T) {
	hostile.CheckArithmetic(t, map[string]string{
		"read":  "reinterprets the bits of a value; the result is no size",
		"write": "counts what it has written itself",
	})
}
