package gguf

import (
	"testing"

	"github.com/sonde-ml/sonde/internal/hostile"
)

func TestSizesGoThroughCheckedArithmetic(t *testing.T) {
	hostile.CheckArithmetic(t, map[string]string{
		"byteOffset": "compares before it converts",
		"signed":     "reinterprets the bits of a value; the result is no size",
		"Int":        "compares before it converts",
		"Int32s":     "reinterprets the bits of a value; the result is no size",
		"Valid":      "compares ids with the length of a table",
		"Removed":    "compares ids with the length of a table",
		"String":     "compares ids with the length of a table",
		"offBase":    "addresses of the process, not numbers of a file",
	})
}
