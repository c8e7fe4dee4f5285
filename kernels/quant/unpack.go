package quant

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

// Layout says how the weights of a type are written for integer products:
//
//	weight k = scale[k/Group]·(code[k] − Offset) − min[k/MinGroup]
//
// A scale that holds for more weights in the format is repeated. Where a sub-block has only 16 weights and a small scale,
// that is multiplied into the codes (Q2_K: scale·code, Q3_K: 128 − (scale − 32)·(code − 4)), so that 32 weights share d.
// Where codes are at most 127, two products with signed bytes always add up in 16 bits, as x86's VPMADDUBSW needs.
//
//	type     group  mins     offset  codes      scale                min
//	Q4_0     32     0        8       0 … 15     d                    0
//	Q4_1     32     32       0       0 … 15     d                    −m
//	Q5_0     32     0        16      0 … 31     d                    0
//	Q5_1     32     32       0       0 … 31     d                    −m
//	Q8_0     32     0        128     0 … 255    d                    0
//	Q8_1     32     0        128     0 … 255    d                    0
//	Q8_K     32     0        128     0 … 255    d                    0
//	Q1_0     32     0        1       0 … 2      d                    0
//	Q2_0     32     0        1       0 … 3      d                    0
//	Q2_K     32     16       0       0 … 45     d                    dmin·min
//	Q3_K     32     0        128     0 … 252    −d                   0
//	Q4_K     32     32       0       0 … 15     d·scale              dmin·min
//	Q5_K     32     32       0       0 … 31     d·scale              dmin·min
//	Q6_K     16     0        32      0 … 63     d·scale              0
//	IQ1_S    32     0        16      7 … 25     d·(2·scale + 1)/8    0
//	IQ1_M    16     0        16      7 … 25     d·(2·scale + 1)/8    0
//	IQ2_XXS  32     0        64      21 … 107   d·(scale + 1/2)/4    0
//	IQ2_XS   16     0        64      21 … 107   d·(scale + 1/2)/4    0
//	IQ2_S    16     0        64      21 … 107   d·(scale + 1/2)/4    0
//	IQ3_XXS  32     0        64      2 … 126    d·(scale + 1/2)/2    0
//	IQ3_S    32     0        16      1 … 31     d·(2·scale + 1)      0
//	IQ4_NL   32     0        128     1 … 241    d                    0
//	IQ4_XS   32     0        128     1 … 241    d·(scale − 32)       0
//	TQ1_0    32     0        1       0 … 2      d                    0
//	TQ2_0    32     0        1       0 … 3      d                    0
//	MXFP4    32     0        12      0 … 24     2^(e − 128)          0
//	NVFP4    16     0        12      0 … 24     e4m3(scale)/2        0
//
// In float32 numbers these weights are those of [Decode], bit for bit, but for zeros of Q3_K, whose signs may differ:
// scales and minima are rounded as there, and what is in the codes instead makes products that float32 holds exactly.
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
	l := f.layout
	e := &Error{Doing: "unpack", Type: f.Type, Kind: ErrSize,
		Seen: fmt.Sprintf("%d codes, %d scales, %d minima and %d bytes", codes, scales, mins, bytes),
		Expected: fmt.Sprintf("%d bytes for every %d codes, a scale for every %d", f.Type.BlockBytes(),
			f.Type.BlockWeights(), l.Group),
	}
	if l.MinGroup > 0 {
		e.Expected += fmt.Sprintf(", a minimum for every %d", l.MinGroup)
	}
	return e
}
