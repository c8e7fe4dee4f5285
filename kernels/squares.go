package kernels

import "math"

// AddSquares adds the squares of x to dst, element by element, in float64. Those that are not finite are left out. With a
// row of a matrix for x after the other, dst becomes the energy of its columns.
func AddSquares(dst []float64, x []float32) { active.AddSquares(dst, x) }

// AddSquares is the function [AddSquares] at this level.
func (s *Set) AddSquares(dst []float64, x []float32) {
	dst = dst[:len(x):len(dst)]
	pieces(len(x), func(lo, hi int) { s.rows.addSquares(dst[lo:hi], x[lo:hi]) })
}

// AddFiniteSquares is [AddSquares] where all of x is known to be finite, which is faster.
func AddFiniteSquares(dst []float64, x []float32) { active.AddFiniteSquares(dst, x) }

// AddFiniteSquares is the function [AddFiniteSquares] at this level.
func (s *Set) AddFiniteSquares(dst []float64, x []float32) {
	dst = dst[:len(x):len(dst)]
	pieces(len(x), func(lo, hi int) { s.rows.addFiniteSquares(dst[lo:hi], x[lo:hi]) })
}

func addSquaresGeneric(dst []float64, x []float32) {
	dst = dst[:len(x):len(dst)]
	for i, v := range x {
		if square := float64(v) * float64(v); square <= math.MaxFloat64 {
			dst[i] += square
		}
	}
}
