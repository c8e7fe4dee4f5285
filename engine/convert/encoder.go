package convert

import (
	"errors"
	"fmt"
	"math"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// ErrNotFinite is the kind of the error about a weight that is NaN or infinite. What encoders make of such weights
// is anybody's guess, and the model would compute nothing else.
var ErrNotFinite = errors.New("not finite")

// encoder turns the rows of a tensor into another type.
type encoder struct {
	choice
	file       string
	format     *quant.Format
	rowBytes   int       // of a row as it is
	importance []float32 // of the columns of each matrix; nil is none
}

// piece returns the rows from first on as a piece.
func (e *encoder) piece(first, rows int) *piece {
	return &piece{weights: rows * e.RowLen(), make: func(s *scratch) error {
		return gguf.Guard(func() error { return e.encode(s, first, rows) })
	}}
}

func (e *encoder) encode(s *scratch, first, rows int) error {
	data, lo, hi := e.Bytes(), first*e.rowBytes, (first+rows)*e.rowBytes
	if len(data) < hi {
		return noData(e.file, e.choice)
	}
	n := rows * e.RowLen()
	x, back := floats(&s.x, n), floats(&s.back, n)
	if err := quant.Decode(e.Type, x, data[lo:hi]); err != nil {
		return err
	}
	if i := notFinite(x); i >= 0 {
		return e.refuse(first, i, fmt.Sprint(x[i]), "a finite number", "the model is broken: sonde doctor says more")
	}
	size, _ := e.to.RowBytes(n) // the type was chosen to fit
	out := s.bytes(size)
	if err := e.format.Encode(out, x, e.importanceOf(first)); err != nil {
		return err
	}
	if err := e.format.Decode(back, out); err != nil {
		return err
	}
	if i := notFinite(back); i >= 0 {
		return e.refuse(first, i, fmt.Sprint(x[i]), "what stays finite in "+e.to.String(), "take a type with a wider range")
	}
	return nil
}

// importanceOf returns the importance of the columns of the matrix that a row is in.
func (e *encoder) importanceOf(row int) []float32 {
	if e.importance == nil {
		return nil
	}
	columns := e.RowLen()
	matrix := row / e.Shape[len(e.Shape)-2] % matrices(e.Shape)
	return e.importance[matrix*columns:][:columns]
}

func (e *encoder) refuse(first, i int, seen, expected, advice string) error {
	columns := e.RowLen()
	return &gguf.Error{File: e.file, Kind: ErrNotFinite, Tensor: e.Name, Offset: -1,
		Field: fmt.Sprintf("weight %d of row %d", i%columns, first+i/columns), Seen: seen, Expected: expected, Advice: advice}
}

// notFinite returns the index of the first NaN or infinity in x, or -1.
func notFinite(x []float32) int {
	const exponent = 0x7f800000
	for i, v := range x {
		if math.Float32bits(v)&exponent == exponent {
			return i
		}
	}
	return -1
}
