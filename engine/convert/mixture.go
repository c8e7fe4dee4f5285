package convert

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sonde-ml/sonde/gguf"
)

// fileType is llama.cpp's number for what a file mostly holds, the value of general.file_type. 4 to 6 and 33 to 35 were
// removed.
type fileType uint32

const (
	fileF32       fileType = 0
	fileF16       fileType = 1
	fileQ4_0      fileType = 2
	fileQ4_1      fileType = 3
	fileQ8_0      fileType = 7
	fileQ5_0      fileType = 8
	fileQ5_1      fileType = 9
	fileQ2_K      fileType = 10
	fileQ3_K_S    fileType = 11
	fileQ3_K_M    fileType = 12
	fileQ3_K_L    fileType = 13
	fileQ4_K_S    fileType = 14
	fileQ4_K_M    fileType = 15
	fileQ5_K_S    fileType = 16
	fileQ5_K_M    fileType = 17
	fileQ6_K      fileType = 18
	fileIQ2_XXS   fileType = 19
	fileIQ2_XS    fileType = 20
	fileQ2_K_S    fileType = 21
	fileIQ3_XS    fileType = 22
	fileIQ3_XXS   fileType = 23
	fileIQ1_S     fileType = 24
	fileIQ4_NL    fileType = 25
	fileIQ3_S     fileType = 26
	fileIQ3_M     fileType = 27
	fileIQ2_S     fileType = 28
	fileIQ2_M     fileType = 29
	fileIQ4_XS    fileType = 30
	fileIQ1_M     fileType = 31
	fileBF16      fileType = 32
	fileTQ1_0     fileType = 36
	fileTQ2_0     fileType = 37
	fileMXFP4_MOE fileType = 38
	fileNVFP4     fileType = 39
	fileQ1_0      fileType = 40
	fileQ2_0      fileType = 41
)

// mixture is a file type of llama.cpp: the type that most tensors get, and which rules there are about the others.
type mixture struct {
	file fileType
	name string
	base gguf.Type
}

var mixtures = []mixture{
	{fileF32, "F32", gguf.F32},
	{fileF16, "F16", gguf.F16},
	{fileBF16, "BF16", gguf.BF16},
	{fileQ8_0, "Q8_0", gguf.Q8_0},
	{fileQ4_0, "Q4_0", gguf.Q4_0},
	{fileQ4_1, "Q4_1", gguf.Q4_1},
	{fileQ5_0, "Q5_0", gguf.Q5_0},
	{fileQ5_1, "Q5_1", gguf.Q5_1},
	{fileQ2_K_S, "Q2_K_S", gguf.Q2_K},
	{fileQ2_K, "Q2_K", gguf.Q2_K},
	{fileQ3_K_S, "Q3_K_S", gguf.Q3_K},
	{fileQ3_K_M, "Q3_K_M", gguf.Q3_K},
	{fileQ3_K_L, "Q3_K_L", gguf.Q3_K},
	{fileQ4_K_S, "Q4_K_S", gguf.Q4_K},
	{fileQ4_K_M, "Q4_K_M", gguf.Q4_K},
	{fileQ5_K_S, "Q5_K_S", gguf.Q5_K},
	{fileQ5_K_M, "Q5_K_M", gguf.Q5_K},
	{fileQ6_K, "Q6_K", gguf.Q6_K},
	{fileIQ1_S, "IQ1_S", gguf.IQ1_S},
	{fileIQ1_M, "IQ1_M", gguf.IQ1_M},
	{fileIQ2_XXS, "IQ2_XXS", gguf.IQ2_XXS},
	{fileIQ2_XS, "IQ2_XS", gguf.IQ2_XS},
	{fileIQ2_S, "IQ2_S", gguf.IQ2_XS}, // the name of the next larger type, but not the type
	{fileIQ2_M, "IQ2_M", gguf.IQ2_S},
	{fileIQ3_XXS, "IQ3_XXS", gguf.IQ3_XXS},
	{fileIQ3_XS, "IQ3_XS", gguf.IQ3_S},
	{fileIQ3_S, "IQ3_S", gguf.IQ3_S},
	{fileIQ3_M, "IQ3_M", gguf.IQ3_S},
	{fileIQ4_NL, "IQ4_NL", gguf.IQ4_NL},
	{fileIQ4_XS, "IQ4_XS", gguf.IQ4_XS},
	{fileTQ1_0, "TQ1_0", gguf.TQ1_0},
	{fileTQ2_0, "TQ2_0", gguf.TQ2_0},
	{fileMXFP4_MOE, "MXFP4_MOE", gguf.MXFP4},
	{fileNVFP4, "NVFP4", gguf.NVFP4},
	{fileQ1_0, "Q1_0", gguf.Q1_0},
	{fileQ2_0, "Q2_0", gguf.Q2_0},
}

// recipe is what the user asks a model to become.
type recipe struct {
	mixture
	alone bool // base for every tensor that can take it, without the mixture's rules
	copy  bool // every tensor stays what it is
}

// Types lists the names that a Type may have: "COPY", the block types, then the mixtures of llama.cpp.
func Types() []string {
	names := []string{"COPY"}
	for t := range gguf.Q2_0 + 1 {
		if weightType(t) {
			names = append(names, t.String())
		}
	}
	for _, m := range mixtures {
		if !slices.Contains(names, m.name) {
			names = append(names, m.name)
		}
	}
	return names
}

// FileTypeName returns llama.cpp's name of what a file mostly holds by the number in general.file_type, such as "Q4_K_M";
// "" where the number has none.
func FileTypeName(number uint32) string {
	for _, m := range mixtures {
		if m.file == fileType(number) {
			return m.name
		}
	}
	return ""
}

// parseRecipe reads a Type.
func parseRecipe(s string) (recipe, error) {
	name := strings.ToUpper(s)
	if name == "COPY" {
		return recipe{copy: true}, nil
	}
	if t, err := parseType(s); err == nil {
		return recipe{mixture: ofType(t), alone: true}, nil
	}
	id, err := strconv.ParseUint(s, 10, 32)
	for _, m := range mixtures {
		if m.name == name || err == nil && m.file == fileType(id) && m.file != fileNVFP4 {
			return recipe{mixture: m, alone: m.base.BlockWeights() == 1}, nil
		}
	}
	all := strings.ToLower(strings.Join(Types(), " "))
	return recipe{}, unknownType(s, "one of "+all+", or the number of a mixture")
}

// parseType reads the name of a type that weights can have.
func parseType(s string) (gguf.Type, error) {
	for t := range gguf.Q2_0 + 1 {
		if weightType(t) && strings.EqualFold(t.String(), s) {
			return t, nil
		}
	}
	return 0, unknownType(s, "a block type such as q4_k or q8_0, or f16")
}

func unknownType(value, expected string) error {
	return &OptionError{Option: "type", Value: value, Kind: gguf.ErrUnknownType, Expected: expected}
}

// ofType is the file type of a file that holds t alone. Where several have it as their base, the smallest says most
// nearly what is in the file.
func ofType(t gguf.Type) mixture {
	for _, m := range mixtures {
		if m.name == t.String() {
			m.base = t // IQ2_S
			return m
		}
	}
	i := slices.IndexFunc(mixtures, func(m mixture) bool { return m.base == t })
	return mixtures[i]
}

// weightType reports whether weights are stored as t: Q8_1 and Q8_K are made for activations, and no engine
// multiplies by integers or F64.
func weightType(t gguf.Type) bool {
	switch t {
	case gguf.Q8_1, gguf.Q8_K, gguf.I8, gguf.I16, gguf.I32, gguf.I64, gguf.F64:
		return false
	}
	return t.Valid()
}

// Kinds of [OptionError], beside [gguf.ErrUnknownType] for a type and [gguf.ErrBadRow].
var (
	ErrUnknownShape = errors.New("unknown shape")
	ErrBadOverride  = errors.New("bad override")
)

// OptionError is something in the options that cannot be done.
type OptionError struct {
	Option   string // "type", "tensor" or "shape"
	Value    string
	Kind     error // for errors.Is
	Expected string
}

// Error says what was asked for and what could be.
func (e *OptionError) Error() string {
	return fmt.Sprintf("%s %q: %v: want %s", e.Option, e.Value, e.Kind, e.Expected)
}

// Unwrap returns the kind.
func (e *OptionError) Unwrap() error { return e.Kind }
