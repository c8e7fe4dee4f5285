package quant

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

// Format is what can be done with the blocks of one type. It is read-only and shared.
type Format struct {
	Type   gguf.Type
	decode func(dst []float32, src []byte) // whole blocks; the sizes were checked
	fields func(block []byte) []Field
}

// formats has one row per type, at its id.
var formats = [...]Format{
	gguf.F32:     {Type: gguf.F32, decode: decodeF32, fields: fieldsF32},
	gguf.F16:     {Type: gguf.F16, decode: decodeF16, fields: fieldsF16},
	gguf.BF16:    {Type: gguf.BF16, decode: decodeBF16, fields: fieldsBF16},
	gguf.F64:     {Type: gguf.F64, decode: decodeF64, fields: fieldsF64},
	gguf.I8:      {Type: gguf.I8, decode: decodeI8, fields: fieldsI8},
	gguf.I16:     {Type: gguf.I16, decode: decodeI16, fields: fieldsI16},
	gguf.I32:     {Type: gguf.I32, decode: decodeI32, fields: fieldsI32},
	gguf.I64:     {Type: gguf.I64, decode: decodeI64, fields: fieldsI64},
	gguf.Q4_0:    {Type: gguf.Q4_0, decode: decodeQ4_0, fields: fieldsQ4_0},
	gguf.Q4_1:    {Type: gguf.Q4_1, decode: decodeQ4_1, fields: fieldsQ4_1},
	gguf.Q5_0:    {Type: gguf.Q5_0, decode: decodeQ5_0, fields: fieldsQ5_0},
	gguf.Q5_1:    {Type: gguf.Q5_1, decode: decodeQ5_1, fields: fieldsQ5_1},
	gguf.Q8_0:    {Type: gguf.Q8_0, decode: decodeQ8_0, fields: fieldsQ8_0},
	gguf.Q8_1:    {Type: gguf.Q8_1, decode: decodeQ8_1, fields: fieldsQ8_1},
	gguf.Q8_K:    {Type: gguf.Q8_K, decode: decodeQ8_K, fields: fieldsQ8_K},
	gguf.Q1_0:    {Type: gguf.Q1_0, decode: decodeQ1_0, fields: fieldsQ1_0},
	gguf.Q2_0:    {Type: gguf.Q2_0, decode: decodeQ2_0, fields: fieldsQ2_0},
	gguf.Q2_K:    {Type: gguf.Q2_K, decode: decodeQ2_K, fields: fieldsQ2_K},
	gguf.Q3_K:    {Type: gguf.Q3_K, decode: decodeQ3_K, fields: fieldsQ3_K},
	gguf.Q4_K:    {Type: gguf.Q4_K, decode: decodeQ4_K, fields: fieldsQ4_K},
	gguf.Q5_K:    {Type: gguf.Q5_K, decode: decodeQ5_K, fields: fieldsQ5_K},
	gguf.Q6_K:    {Type: gguf.Q6_K, decode: decodeQ6_K, fields: fieldsQ6_K},
	gguf.IQ1_S:   {Type: gguf.IQ1_S, decode: decodeIQ1_S, fields: fieldsIQ1_S},
	gguf.IQ1_M:   {Type: gguf.IQ1_M, decode: decodeIQ1_M, fields: fieldsIQ1_M},
	gguf.IQ2_XXS: {Type: gguf.IQ2_XXS, decode: decodeIQ2_XXS, fields: fieldsIQ2_XXS},
	gguf.IQ2_XS:  {Type: gguf.IQ2_XS, decode: decodeIQ2_XS, fields: fieldsIQ2_XS},
	gguf.IQ2_S:   {Type: gguf.IQ2_S, decode: decodeIQ2_S, fields: fieldsIQ2_S},
	gguf.IQ3_XXS: {Type: gguf.IQ3_XXS, decode: decodeIQ3_XXS, fields: fieldsIQ3_XXS},
	gguf.IQ3_S:   {Type: gguf.IQ3_S, decode: decodeIQ3_S, fields: fieldsIQ3_S},
	gguf.IQ4_NL:  {Type: gguf.IQ4_NL, decode: decodeIQ4_NL, fields: fieldsQ4_0},
	gguf.IQ4_XS:  {Type: gguf.IQ4_XS, decode: decodeIQ4_XS, fields: fieldsIQ4_XS},
	gguf.TQ1_0:   {Type: gguf.TQ1_0, decode: decodeTQ1_0, fields: fieldsTQ1_0},
	gguf.TQ2_0:   {Type: gguf.TQ2_0, decode: decodeTQ2_0, fields: fieldsTQ2_0},
	gguf.MXFP4:   {Type: gguf.MXFP4, decode: decodeMXFP4, fields: fieldsMXFP4},
	gguf.NVFP4:   {Type: gguf.NVFP4, decode: decodeNVFP4, fields: fieldsNVFP4},
}

// Of returns the format of type t. The error is an [*Error] of kind [gguf.ErrRemovedType] or [gguf.ErrUnknownType].
func Of(t gguf.Type) (*Format, error) {
	if int64(t) >= int64(len(formats)) || formats[t].decode == nil {
		return nil, noFormat(t)
	}
	return &formats[t], nil
}

// Decode unpacks src, whole blocks of type t, into dst, which must have exactly as many numbers. It allocates nothing.
// Errors are [*Error]s, of kind [ErrSize] where the lengths do not fit.
func Decode(t gguf.Type, dst []float32, src []byte) error {
	f, err := Of(t)
	if err != nil {
		return err
	}
	if n, ok := t.RowBytes(len(dst)); !ok || n != len(src) {
		return wrongSize("decode", t, len(dst), len(src))
	}
	f.decode(dst, src)
	return nil
}

func wrongSize(doing string, t gguf.Type, numbers, bytes int) error {
	return &Error{Doing: doing, Type: t, Kind: ErrSize,
		Seen:     fmt.Sprintf("%d numbers and %d bytes", numbers, bytes),
		Expected: fmt.Sprintf("%d bytes for every %d numbers", t.BlockBytes(), t.BlockWeights()),
	}
}
