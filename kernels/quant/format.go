package quant

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

// Format is what can be done with the blocks of one type. It is read-only and shared.
type Format struct {
	Type       gguf.Type
	Importance Importance // what Encode does with an importance matrix
	usual      usual      // and how it weighs an error by it

	decode func(dst []float32, src []byte)          // whole blocks; the sizes were checked
	encode func(dst []byte, src, weights []float32) // one block, or a row of a type without blocks; weights may be nil
	fields func(block []byte) []Field

	layout Layout
	unpack func(codes []uint8, scales, mins []float32, src []byte) // whole blocks; nil without blocks
}

// formats has one row per type, at its id.
var formats = [...]Format{
	gguf.F32:     {gguf.F32, Ignored, nowhere, decodeF32, encodeF32, fieldsF32, Layout{}, nil},
	gguf.F16:     {gguf.F16, Ignored, nowhere, decodeF16, encodeF16, fieldsF16, Layout{}, nil},
	gguf.BF16:    {gguf.BF16, Ignored, nowhere, decodeBF16, encodeBF16, fieldsBF16, Layout{}, nil},
	gguf.F64:     {gguf.F64, Ignored, nowhere, decodeF64, encodeF64, fieldsF64, Layout{}, nil},
	gguf.I8:      {gguf.I8, Ignored, nowhere, decodeI8, encodeI8, fieldsI8, Layout{}, nil},
	gguf.I16:     {gguf.I16, Ignored, nowhere, decodeI16, encodeI16, fieldsI16, Layout{}, nil},
	gguf.I32:     {gguf.I32, Ignored, nowhere, decodeI32, encodeI32, fieldsI32, Layout{}, nil},
	gguf.I64:     {gguf.I64, Ignored, nowhere, decodeI64, encodeI64, fieldsI64, Layout{}, nil},
	gguf.Q4_0:    {gguf.Q4_0, Optional, inRow, decodeQ4_0, encodeQ4_0, fieldsQ4_0, Layout{32, 0, 8}, unpackQ4_0},
	gguf.Q4_1:    {gguf.Q4_1, Optional, inRow, decodeQ4_1, encodeQ4_1, fieldsQ4_1, Layout{32, 32, 0}, unpackQ4_1},
	gguf.Q5_0:    {gguf.Q5_0, Optional, inRow, decodeQ5_0, encodeQ5_0, fieldsQ5_0, Layout{32, 0, 16}, unpackQ5_0},
	gguf.Q5_1:    {gguf.Q5_1, Optional, inRow, decodeQ5_1, encodeQ5_1, fieldsQ5_1, Layout{32, 32, 0}, unpackQ5_1},
	gguf.Q8_0:    {gguf.Q8_0, Ignored, nowhere, decodeQ8_0, encodeQ8_0, fieldsQ8_0, Layout{32, 0, 128}, unpackQ8_0},
	gguf.Q8_1:    {gguf.Q8_1, Ignored, nowhere, decodeQ8_1, encodeQ8_1, fieldsQ8_1, Layout{32, 0, 128}, unpackQ8_1},
	gguf.Q8_K:    {gguf.Q8_K, Ignored, nowhere, decodeQ8_K, encodeQ8_K, fieldsQ8_K, Layout{32, 0, 128}, unpackQ8_K},
	gguf.Q1_0:    {gguf.Q1_0, Ignored, nowhere, decodeQ1_0, encodeQ1_0, fieldsQ1_0, Layout{32, 0, 1}, unpackQ1_0},
	gguf.Q2_0:    {gguf.Q2_0, Ignored, nowhere, decodeQ2_0, encodeQ2_0, fieldsQ2_0, Layout{32, 0, 1}, unpackQ2_0},
	gguf.Q2_K:    {gguf.Q2_K, Optional, inBlock, decodeQ2_K, encodeQ2_K, fieldsQ2_K, Layout{32, 16, 0}, unpackQ2_K},
	gguf.Q3_K:    {gguf.Q3_K, Optional, twiceInBlock, decodeQ3_K, encodeQ3_K, fieldsQ3_K, Layout{32, 0, 128}, unpackQ3_K},
	gguf.Q4_K:    {gguf.Q4_K, Optional, twiceInBlock, decodeQ4_K, encodeQ4_K, fieldsQ4_K, Layout{32, 32, 0}, unpackQ4_K},
	gguf.Q5_K:    {gguf.Q5_K, Optional, twiceInBlock, decodeQ5_K, encodeQ5_K, fieldsQ5_K, Layout{32, 32, 0}, unpackQ5_K},
	gguf.Q6_K:    {gguf.Q6_K, Optional, nowhere, decodeQ6_K, encodeQ6_K, fieldsQ6_K, Layout{16, 0, 32}, unpackQ6_K},
	gguf.IQ1_S:   {gguf.IQ1_S, Required, twiceInBlock, decodeIQ1_S, encodeIQ1_S, fieldsIQ1_S, Layout{32, 0, 16}, unpackIQ1_S},
	gguf.IQ1_M:   {gguf.IQ1_M, Optional, twiceInBlock, decodeIQ1_M, encodeIQ1_M, fieldsIQ1_M, Layout{16, 0, 16}, unpackIQ1_M},
	gguf.IQ2_XXS: {gguf.IQ2_XXS, Required, inBlock, decodeIQ2_XXS, encodeIQ2_XXS, fieldsIQ2_XXS, Layout{32, 0, 64}, unpackIQ2_XXS},
	gguf.IQ2_XS:  {gguf.IQ2_XS, Required, inBlock, decodeIQ2_XS, encodeIQ2_XS, fieldsIQ2_XS, Layout{16, 0, 64}, unpackIQ2_XS},
	gguf.IQ2_S:   {gguf.IQ2_S, Optional, twiceInBlock, decodeIQ2_S, encodeIQ2_S, fieldsIQ2_S, Layout{16, 0, 64}, unpackIQ2_S},
	gguf.IQ3_XXS: {gguf.IQ3_XXS, Optional, twiceInBlock, decodeIQ3_XXS, encodeIQ3_XXS, fieldsIQ3_XXS, Layout{32, 0, 64}, unpackIQ3_XXS},
	gguf.IQ3_S:   {gguf.IQ3_S, Optional, twiceInBlock, decodeIQ3_S, encodeIQ3_S, fieldsIQ3_S, Layout{32, 0, 16}, unpackIQ3_S},
	gguf.IQ4_NL:  {gguf.IQ4_NL, Optional, twiceInBlock, decodeIQ4_NL, encodeIQ4_NL, fieldsIQ4_NL, Layout{32, 0, 128}, unpackIQ4_NL},
	gguf.IQ4_XS:  {gguf.IQ4_XS, Optional, twiceInBlock, decodeIQ4_XS, encodeIQ4_XS, fieldsIQ4_XS, Layout{32, 0, 128}, unpackIQ4_XS},
	gguf.TQ1_0:   {gguf.TQ1_0, Ignored, nowhere, decodeTQ1_0, encodeTQ1_0, fieldsTQ1_0, Layout{32, 0, 1}, unpackTQ1_0},
	gguf.TQ2_0:   {gguf.TQ2_0, Ignored, nowhere, decodeTQ2_0, encodeTQ2_0, fieldsTQ2_0, Layout{32, 0, 1}, unpackTQ2_0},
	gguf.MXFP4:   {gguf.MXFP4, Ignored, nowhere, decodeMXFP4, encodeMXFP4, fieldsMXFP4, Layout{32, 0, 12}, unpackMXFP4},
	gguf.NVFP4:   {gguf.NVFP4, Ignored, nowhere, decodeNVFP4, encodeNVFP4, fieldsNVFP4, Layout{16, 0, 12}, unpackNVFP4},
}

// Of returns the format of type t. The error is an [*Error] of kind [gguf.ErrRemovedType] or [gguf.ErrUnknownType].
func Of(t gguf.Type) (*Format, error) {
	if int64(t) >= int64(len(formats)) || formats[t].decode == nil {
		return nil, noFormat(t)
	}
	return &formats[t], nil
}

// Corrected returns the format of t with an encoder that avoids a known fault of ggml's, and false for types whose
// encoder has none. The only one is that of IQ3_S, which displaces what follows a sub-block of zeros, so that the block
// decodes to something else. Who uses it should say so: the bytes are not those of llama.cpp.
func Corrected(t gguf.Type) (*Format, bool) {
	if t != gguf.IQ3_S {
		return nil, false
	}
	f := formats[t]
	f.encode = encodeIQ3_SInPlace
	return &f, true
}

// Decode unpacks src, whole blocks of type t, into dst, which must have exactly as many numbers. It allocates nothing.
// Errors are [*Error]s, of kind [ErrSize] where the lengths do not fit, otherwise those of [Of].
func Decode(t gguf.Type, dst []float32, src []byte) error {
	f, err := Of(t)
	if err != nil {
		return err
	}
	return f.Decode(dst, src)
}

// Decode is the function [Decode] for one type. Where there is assembly for the type and the active level, it has the bits
// of plain Go.
func (f *Format) Decode(dst []float32, src []byte) error {
	if n, ok := f.Type.RowBytes(len(dst)); !ok || n != len(src) {
		return wrongSize("decode", f.Type, len(dst), len(src))
	}
	f.decodeBy(fast, dst, src)
	return nil
}

func wrongSize(doing string, t gguf.Type, numbers, bytes int) error {
	return &Error{Doing: doing, Type: t, Kind: ErrSize,
		Seen:     fmt.Sprintf("%d numbers and %d bytes", numbers, bytes),
		Expected: fmt.Sprintf("%d bytes for every %d numbers", t.BlockBytes(), t.BlockWeights()),
	}
}
