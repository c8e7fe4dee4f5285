package kernels

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// Matrix is the left side of a product: rows of numbers as they lie in a file. It is a view, and is not changed.
type Matrix struct {
	Type       gguf.Type
	Rows, Cols int
	Bytes      []byte

	rowBytes int
	layout   quant.Layout
	blocks   bool // quantised: multiplied as integers
}

// NewMatrix returns a view of bytes as a matrix [rows, cols]. The error says how their number does not fit, or that
// the type is unknown or cols are not whole blocks of it.
func NewMatrix(t gguf.Type, rows, cols int, bytes []byte) (Matrix, error) {
	if _, err := quant.Of(t); err != nil {
		return Matrix{}, err
	}
	size, ok := t.RowBytes(cols)
	if !ok || rows < 0 || cols <= 0 {
		return Matrix{}, fmt.Errorf("matrix [%d, %d] of %v: a row must be whole blocks of %d numbers", rows, cols, t, t.BlockWeights())
	}
	if len(bytes)/size != rows || len(bytes)%size != 0 {
		return Matrix{}, fmt.Errorf("matrix [%d, %d] of %v: %d bytes, expected %d for each row", rows, cols, t, len(bytes), size)
	}
	m := Matrix{Type: t, Rows: rows, Cols: cols, Bytes: bytes, rowBytes: size}
	m.layout, m.blocks = quant.LayoutOf(t)
	return m, nil
}

// span is where columns lie in the bytes of a row.
func (m *Matrix) span(col, cols int) (from, bytes int) {
	weights, size := m.Type.BlockWeights(), m.Type.BlockBytes()
	return col / weights * size, cols / weights * size
}
