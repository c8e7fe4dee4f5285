package nn

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// Weight is a tensor of the model as it lies in the file: typed bytes under a shape.
// It is read-only and shared by all sessions.
type Weight struct {
	Name  string
	Type  gguf.Type
	Shape []int // outermost first: [rows, columns], [experts, rows, columns] or [width]
	Bytes []byte
}

// Cols returns the length of a row.
func (w *Weight) Cols() int { return w.Shape[len(w.Shape)-1] }

// Rows returns the number of rows, over all experts.
func (w *Weight) Rows() int { return elements(w.Shape[:len(w.Shape)-1]) }

// RowBytes returns the bytes of row i.
func (w *Weight) RowBytes(i int) []byte {
	n := len(w.Bytes) / w.Rows()
	return w.Bytes[i*n : (i+1)*n]
}

// DecodeRow decodes row i into dst, which must have room for Cols numbers, and returns it.
func (w *Weight) DecodeRow(i int, dst []float32) ([]float32, error) {
	dst = dst[:w.Cols()]
	if err := quant.Decode(w.Type, dst, w.RowBytes(i)); err != nil {
		return nil, fmt.Errorf("weight %q row %d: %w", w.Name, i, err)
	}
	return dst, nil
}

// Decode returns all numbers of w as a tensor of its shape. It allocates 4 bytes a weight.
func (w *Weight) Decode() (*Tensor, error) {
	t := NewTensor(w.Shape...)
	if err := quant.Decode(w.Type, t.Data, w.Bytes); err != nil {
		return nil, fmt.Errorf("weight %q: %w", w.Name, err)
	}
	return t, nil
}

// FromTensor makes a weight of float32 numbers: what a test or a prototype passes to an op in place of the file's.
func FromTensor(name string, t *Tensor) *Weight {
	b := make([]byte, 0, 4*len(t.Data))
	for _, v := range t.Data {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return &Weight{Name: name, Type: gguf.F32, Shape: t.Shape, Bytes: b}
}

// Linear is a matrix and, where the model has one, the bias that is added to its product.
type Linear struct {
	W    *Weight // [out, in]
	Bias *Weight // [out], nil without
	Out  []int   // how the output of one token is seen, such as [heads, head_dim]; nil is [out]
}

// outShape is the shape of the output of one token.
func (l Linear) outShape() []int {
	if l.Out != nil {
		return l.Out
	}
	return l.W.Shape[:1]
}

// matrix returns the matrix of one expert, or the only one, as products take it.
func (w *Weight) matrix(expert int) (kernels.Matrix, error) {
	rows := w.Shape[len(w.Shape)-2]
	n := len(w.Bytes) / w.Rows() * rows
	return kernels.NewMatrix(w.Type, rows, w.Cols(), w.Bytes[expert*n:(expert+1)*n])
}

// mustDecodeRow decodes row i inside of an op. Types without a decoder were refused when the model was opened.
func (w *Weight) mustDecodeRow(i int, dst []float32) []float32 {
	row, err := w.DecodeRow(i, dst)
	if err != nil {
		panic(err)
	}
	return row
}

// decodeVector decodes a one-dimensional weight, such as a norm's, into scratch memory.
func (w *Weight) decodeVector(s *scratch) []float32 {
	return w.mustDecodeRow(0, s.floats(w.Cols()))
}

// bias returns the bias of a linear op, nil without one.
func (op *Op) bias(s *scratch) []float64 {
	if len(op.Weights) < 2 {
		return nil
	}
	b := s.doubles(op.Weights[1].Cols())
	for i, v := range op.Weights[1].decodeVector(s) {
		b[i] = float64(v)
	}
	return b
}
