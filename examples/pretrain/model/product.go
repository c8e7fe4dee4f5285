package model

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// matrix is a view of numbers: element (i, j) is at data[i*row+j*col]. One of row and col is 1.
type matrix[F Float] struct {
	data     []F
	row, col int
}

// rows views data as rows of the given width.
func rows[F Float](data []F, width int) matrix[F] { return matrix[F]{data, width, 1} }

// transposed exchanges rows and columns; nothing moves.
func (m matrix[F]) transposed() matrix[F] { return matrix[F]{m.data, m.col, m.row} }

// from views the part of m that begins at (i, j).
func (m matrix[F]) from(i, j int) matrix[F] {
	return matrix[F]{m.data[i*m.row+j*m.col:], m.row, m.col}
}

// addProduct adds a·b to c: c [m, n], a [m, k], b [k, n]; a may be transposed, b and c are rows.
//
// This is the specification, which every way to compute it keeps to the bit (without fused multiply-add):
//
//	for p := range k { c(i,j) += a(i,p) * b(p,j) }
func addProduct[F Float](c, a, b matrix[F], m, n, k int) {
	if m == 0 || n == 0 || k == 0 {
		return
	}
	switch c := any(c).(type) {
	case matrix[float32]:
		addProduct32(c, any(a).(matrix[float32]), any(b).(matrix[float32]), m, n, k)
	case matrix[float64]:
		addProduct64(c, any(a).(matrix[float64]), any(b).(matrix[float64]), m, n, k)
	}
}

// addProductBLAS uses gonum, whose order of sums is that of the specification.
func addProductBLAS(c, a, b matrix[float32], m, n, k int) {
	trans, ar, ac := orientation(a, m, k)
	blas32.Gemm(trans, blas.NoTrans, 1,
		blas32.General{Rows: ar, Cols: ac, Stride: max(a.row*a.col, ac), Data: a.data},
		blas32.General{Rows: k, Cols: n, Stride: b.row, Data: b.data},
		1, blas32.General{Rows: m, Cols: n, Stride: c.row, Data: c.data})
}

func addProduct64(c, a, b matrix[float64], m, n, k int) {
	trans, ar, ac := orientation(a, m, k)
	blas64.Gemm(trans, blas.NoTrans, 1,
		blas64.General{Rows: ar, Cols: ac, Stride: max(a.row*a.col, ac), Data: a.data},
		blas64.General{Rows: k, Cols: n, Stride: b.row, Data: b.data},
		1, blas64.General{Rows: m, Cols: n, Stride: c.row, Data: c.data})
}

// orientation says how a [m, k] lies in memory, in BLAS's terms.
func orientation[F Float](a matrix[F], m, k int) (trans blas.Transpose, rows, cols int) {
	if a.col != 1 {
		return blas.Trans, k, m
	}
	return blas.NoTrans, m, k
}
