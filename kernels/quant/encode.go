package quant

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

// Importance says what the encoder of a format does with an importance matrix.
type Importance int

const (
	Ignored  Importance = iota // the rule is direct
	Optional                   // weighs the error of each column
	Required                   // too few bits to do without
)

// String returns "ignored", "optional" or "required".
func (i Importance) String() string {
	names := [...]string{"ignored", "optional", "required"}
	if i < 0 || int(i) >= len(names) {
		return fmt.Sprintf("Importance(%d)", int(i))
	}
	return names[i]
}

// Encode packs src into dst, whole blocks of type t, with the bytes that ggml's file quantiser writes.
//
// Without imatrix, rows do not matter. With it, src is whole rows of len(imatrix) numbers, and imatrix has the
// importance of each column: positive, the mean of the squares of the activations that meet it. Formats whose
// [Format.Importance] is [Ignored] leave it aside.
//
// NaN and infinities are encoded as something; who minds looks for them first. Errors are [*Error]s, of kind [ErrSize]
// where lengths do not fit, [ErrNeedsImatrix] where t is one of the types that have too few bits to do without.
func Encode(t gguf.Type, dst []byte, src, imatrix []float32) error {
	f, err := Of(t)
	if err != nil {
		return err
	}
	return f.Encode(dst, src, imatrix)
}

// Encode is the function [Encode] for one type.
func (f *Format) Encode(dst []byte, src, imatrix []float32) error {
	if n, ok := f.Type.RowBytes(len(src)); !ok || n != len(dst) {
		return wrongSize("encode", f.Type, len(src), len(dst))
	}
	if f.Importance == Ignored {
		imatrix = nil
	}
	if imatrix == nil {
		if f.Importance == Required {
			return f.needsImatrix()
		}
		f.encodeRow(dst, src, nil)
		return nil
	}
	columns := len(imatrix)
	size, ok := f.Type.RowBytes(columns)
	if !ok || columns == 0 || len(src)%columns != 0 {
		return f.wrongImatrix(columns, len(src))
	}
	for ; len(src) > 0; dst, src = dst[size:], src[columns:] {
		f.encodeRow(dst[:size], src[:columns], imatrix)
	}
	return nil
}

func (f *Format) needsImatrix() error {
	return &Error{Doing: "encode", Type: f.Type, Kind: ErrNeedsImatrix, Seen: "none was given",
		Expected: "the importance of every column", Advice: "make one from a text, or take a type that does without, such as Q2_K"}
}

func (f *Format) wrongImatrix(columns, numbers int) error {
	return &Error{Doing: "encode", Type: f.Type, Kind: ErrSize,
		Seen:     fmt.Sprintf("an importance matrix of %d columns for %d numbers", columns, numbers),
		Expected: fmt.Sprintf("rows of as many columns, a multiple of %d", f.Type.BlockWeights())}
}

// encodeRow encodes one row, block by block; types without blocks as a whole.
func (f *Format) encodeRow(dst []byte, row, imatrix []float32) {
	n, size := f.Type.BlockWeights(), f.Type.BlockBytes()
	if n == 1 {
		f.encode(dst, row, nil)
		return
	}
	var weights []float32
	var rowVariance float32
	if imatrix != nil {
		weights = make([]float32, n)
		rowVariance = sumSquares(row) / float32(len(row))
	}
	for i := 0; i < len(row)/n; i++ {
		x := row[i*n:][:n]
		if imatrix != nil {
			f.weigh(weights, imatrix[i*n:], x, rowVariance)
		}
		f.encode(dst[i*size:][:size], x, weights)
	}
}

// weigh fills w with the weights of a block's errors: the importance of the column, times a magnitude that lies
// between that of the number and what is usual around it.
func (f *Format) weigh(w, imatrix, x []float32, rowVariance float32) {
	variance := rowVariance
	switch f.usual {
	case nowhere:
		copy(w, imatrix)
		return
	case inBlock:
		variance = sumSquares(x) / float32(len(x))
	case twiceInBlock:
		variance = 2 * sumSquares(x) / float32(len(x))
	}
	for i, v := range x {
		w[i] = imatrix[i] * sqrt(variance+float32(v*v))
	}
}

// usual says where the usual magnitude of a number is taken from.
type usual int

const (
	nowhere      usual = iota // the importance alone is the weight
	inRow                     // mean square of the row
	inBlock                   // mean square of the block
	twiceInBlock              // twice that
)
