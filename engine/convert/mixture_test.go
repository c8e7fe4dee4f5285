package convert

import (
	"errors"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

func TestTypeNames(t *testing.T) {
	for _, tc := range []struct {
		name  string
		file  fileType
		base  gguf.Type
		alone bool
	}{
		{"q4_k", fileQ4_K_S, gguf.Q4_K, true},
		{"Q4_K_M", fileQ4_K_M, gguf.Q4_K, false},
		{"q3_k", fileQ3_K_S, gguf.Q3_K, true},
		{"iq2_s", fileIQ2_S, gguf.IQ2_S, true}, // the type
		{"28", fileIQ2_S, gguf.IQ2_XS, false},  // the mixture of that name
		{"iq2_m", fileIQ2_M, gguf.IQ2_S, false},
		{"q4_0", fileQ4_0, gguf.Q4_0, true},
		{"2", fileQ4_0, gguf.Q4_0, false},
		{"mxfp4", fileMXFP4_MOE, gguf.MXFP4, true},
		{"MXFP4_moe", fileMXFP4_MOE, gguf.MXFP4, false},
		{"nvfp4", fileNVFP4, gguf.NVFP4, true},
		{"f16", fileF16, gguf.F16, true},
		{"32", fileBF16, gguf.BF16, true},
	} {
		got, err := parseRecipe(tc.name)
		if err != nil || got.file != tc.file || got.base != tc.base || got.alone != tc.alone {
			t.Errorf("%s: got %+v, %v, want file type %d, %s, alone %t", tc.name, got, err, tc.file, tc.base, tc.alone)
		}
	}
	for _, name := range Types() {
		if _, err := parseRecipe(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "q4", "q8_k", "q8_1", "f64", "i8", "4", "33", "39", "1024", "-1", "q4_k_m "} {
		if got, err := parseRecipe(name); !errors.Is(err, gguf.ErrUnknownType) {
			t.Errorf("%q: got %+v, %v, want an unknown type", name, got, err)
		}
	}
}

func TestFileTypesHaveNames(t *testing.T) {
	for number, want := range map[uint32]string{0: "F32", 15: "Q4_K_M", 28: "IQ2_S", 39: "NVFP4", 4: "", 1024: ""} {
		if got := FileTypeName(number); got != want {
			t.Errorf("FileTypeName(%d) = %q, want %q", number, got, want)
		}
	}
}
