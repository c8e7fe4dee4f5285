package quant

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

// Layout says how the weights of a type are written for integer products:
//
//	weight k = scale[k/Group]·(code[k] − Offset) − min[k/MinGroup]
type Layout struct {
	Group    int // weights to a scale: 16 or 32
	MinGroup int // weights to a minimum: 16 or 32, 0 for types without
	Offset   int // what is subtracted from a code, 0 … 128
}

// LayoutOf returns the layout of type t, and false where it has no blocks (F32, F16, I8 …) or is none of ggml's types.
func LayoutOf(t gguf.Type) (Layout, bool) {
	f, err := Of(t)
	if err != nil || f.unpack == nil {
		return Layout{}, false
	}
	return f.layout, true
}

// Unpack writes src, whole blocks of type t, as [LayoutOf] says: as many codes as src has weights, a scale for every
// Group and a minimum for every MinGroup of them; mins is not touched where MinGroup is 0. It allocates nothing.
// Errors are [*Error]s, of kind [ErrSize] where the lengths do not fit, [ErrNoCodes] for types without blocks,
// otherwise those of [Of].
func Unpack(t gguf.Type, codes []uint8, scales, mins []float32, src []byte) error {
	f, err := Of(t)
	if err != nil {
		return err
	}
	if f.unpack == nil {
		return noCodes(t)
	}
	if n, ok := t.RowBytes(len(codes)); !ok || n != len(src) || !f.layout.fits(codes, scales, mins) {
		return wrongUnpackedSize(f, len(codes), len(scales), len(mins), len(src))
	}
	f.unpack(codes, scales, mins, src)
	return nil
}

// fits tells whether there are as many scales and minima as the codes need.
func (l Layout) fits(codes []uint8, scales, mins []float32) bool {
	return len(scales) == len(codes)/l.Group && (l.MinGroup == 0 || len(mins) == len(codes)/l.MinGroup)
}

func noCodes(t gguf.Type) error {
	return &Error{Doing: "unpack", Type: t, Kind: ErrNoCodes, Seen: "a type without blocks",
		Expected: "a block format", Advice: "decode it, and multiply numbers",
	}
}

func wrongUnpackedSize(f *Format, codes, scales, mins, bytes int) error {
	n := f.Type.BlockWeights()
	e := &Error{Doing: "unpack", Type: f.Type, Kind: ErrSize,
		Seen:     fmt.Sprintf("%d codes, %d scales and %d bytes", codes, scales, bytes),
		Expected: fmt.Sprintf("%d scales and %d bytes for every %d codes", n/f.layout.Group, f.Type.BlockBytes(), n),
	}
	if f.layout.MinGroup > 0 {
		e.Seen = fmt.Sprintf("%d minima, ", mins) + e.Seen
		e.Expected = fmt.Sprintf("%d minima, ", n/f.layout.MinGroup) + e.Expected
	}
	return e
}
