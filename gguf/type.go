package gguf

import (
	"fmt"
	"math"
)

// Type is the ggml type of a tensor: how its numbers are packed into bytes.
// A Type knows sizes only; what the bytes mean is the business of package kernels/quant.
type Type uint32

// The types that a file can hold, with the ids that ggml gives them.
const (
	F32     Type = 0
	F16     Type = 1
	Q4_0    Type = 2
	Q4_1    Type = 3
	Q5_0    Type = 6
	Q5_1    Type = 7
	Q8_0    Type = 8
	Q8_1    Type = 9
	Q2_K    Type = 10
	Q3_K    Type = 11
	Q4_K    Type = 12
	Q5_K    Type = 13
	Q6_K    Type = 14
	Q8_K    Type = 15
	IQ2_XXS Type = 16
	IQ2_XS  Type = 17
	IQ3_XXS Type = 18
	IQ1_S   Type = 19
	IQ4_NL  Type = 20
	IQ3_S   Type = 21
	IQ2_S   Type = 22
	IQ4_XS  Type = 23
	I8      Type = 24
	I16     Type = 25
	I32     Type = 26
	I64     Type = 27
	F64     Type = 28
	IQ1_M   Type = 29
	BF16    Type = 30
	TQ1_0   Type = 34
	TQ2_0   Type = 35
	MXFP4   Type = 39
	NVFP4   Type = 40
	Q1_0    Type = 41
	Q2_0    Type = 42
)

type typeInfo struct {
	name    string
	weights int // in a block; 0 for a type that was removed from the format
	bytes   int // of a block
}

// Sizes: llama.cpp of August 2026. A row without weights is a type that ggml gave up.
var types = [...]typeInfo{
	F32: {"F32", 1, 4}, F16: {"F16", 1, 2}, BF16: {"BF16", 1, 2}, F64: {"F64", 1, 8},
	I8: {"I8", 1, 1}, I16: {"I16", 1, 2}, I32: {"I32", 1, 4}, I64: {"I64", 1, 8},
	Q4_0: {"Q4_0", 32, 18}, Q4_1: {"Q4_1", 32, 20}, Q5_0: {"Q5_0", 32, 22}, Q5_1: {"Q5_1", 32, 24},
	Q8_0: {"Q8_0", 32, 34}, Q8_1: {"Q8_1", 32, 36},
	Q2_K: {"Q2_K", 256, 84}, Q3_K: {"Q3_K", 256, 110}, Q4_K: {"Q4_K", 256, 144},
	Q5_K: {"Q5_K", 256, 176}, Q6_K: {"Q6_K", 256, 210}, Q8_K: {"Q8_K", 256, 292},
	IQ2_XXS: {"IQ2_XXS", 256, 66}, IQ2_XS: {"IQ2_XS", 256, 74}, IQ2_S: {"IQ2_S", 256, 82},
	IQ3_XXS: {"IQ3_XXS", 256, 98}, IQ3_S: {"IQ3_S", 256, 110},
	IQ1_S: {"IQ1_S", 256, 50}, IQ1_M: {"IQ1_M", 256, 56},
	IQ4_NL: {"IQ4_NL", 32, 18}, IQ4_XS: {"IQ4_XS", 256, 136},
	TQ1_0: {"TQ1_0", 256, 54}, TQ2_0: {"TQ2_0", 256, 66},
	MXFP4: {"MXFP4", 32, 17}, NVFP4: {"NVFP4", 64, 36}, Q1_0: {"Q1_0", 128, 18}, Q2_0: {"Q2_0", 64, 18},
	4: {name: "Q4_2"}, 5: {name: "Q4_3"},
	31: {name: "Q4_0_4_4"}, 32: {name: "Q4_0_4_8"}, 33: {name: "Q4_0_8_8"},
	36: {name: "IQ4_NL_4_4"}, 37: {name: "IQ4_NL_4_8"}, 38: {name: "IQ4_NL_8_8"},
}

// String returns ggml's name of t, such as "Q4_K", or "type 77" for an id without one.
func (t Type) String() string {
	if int64(t) < int64(len(types)) && types[t].name != "" {
		return types[t].name
	}
	return fmt.Sprintf("type %d", uint32(t))
}

// Valid reports whether tensors of type t can be read.
func (t Type) Valid() bool { return int64(t) < int64(len(types)) && types[t].weights > 0 }

// Removed reports whether t once existed and was taken out of the format.
func (t Type) Removed() bool {
	return int64(t) < int64(len(types)) && types[t].name != "" && types[t].weights == 0
}

// BlockWeights returns the number of weights in a block: 1 for plain numbers, 0 for types that are not Valid.
func (t Type) BlockWeights() int {
	if !t.Valid() {
		return 0
	}
	return types[t].weights
}

// BlockBytes returns the size of a block in bytes, 0 for types that are not Valid.
func (t Type) BlockBytes() int {
	if !t.Valid() {
		return 0
	}
	return types[t].bytes
}

// RowBytes returns the size of a row of n weights in bytes. It returns false when n is
// negative, not a whole number of blocks, or so large that the size does not fit.
func (t Type) RowBytes(n int) (int, bool) {
	w := t.BlockWeights()
	if w == 0 || n < 0 || n%w != 0 || n/w > math.MaxInt/t.BlockBytes() {
		return 0, false
	}
	return n / w * t.BlockBytes(), true
}
