package quant

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

// Format is what can be done with the blocks of one type. It is read-only and shared.
type Format struct {
	Type   gguf.Type
	decode func(dst []float32, src []byte) // whole blocks; the sizes were checked
}

// formats has one row per type, at its id.
var formats = [...]Format{
	gguf.F32:  {decode: decodeF32},
	gguf.F16:  {decode: decodeF16},
	gguf.BF16: {decode: decodeBF16},
	gguf.Q4_0: {decode: decodeQ4_0},
	gguf.Q8_0: {decode: decodeQ8_0},
	gguf.Q4_K: {decode: decodeQ4_K},
	gguf.Q5_K: {decode: decodeQ5_K},
	gguf.Q6_K: {decode: decodeQ6_K},
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
