package kernels

// rowFuncs are functions on rows of float32, at one level. Rows have the lengths that they must have: a function looks at
// the length of the first only.
type rowFuncs struct {
	dot   func(a, b []float32) float32
	axpy  func(alpha float32, x, y []float32)
	scale func(alpha float32, x []float32)
	add   func(dst, a, b []float32)
	mul   func(dst, a, b []float32)
	max   func(x []float32) float32
	above func(x []float32, least float32) int // the index of the first number above least, or len(x)
	odd   func(x []float32) float32            // Σ (x − x): NaN if a number is not finite, else 0

	sum              func(x []float32) float64
	sumSquares       func(x []float32) float64
	squaresAbout     func(x []float32, mean float64) float64             // Σ(x − mean)²
	normalize        func(dst, x, w []float32, scale float32)            // x·scale·w
	center           func(dst, x []float32, mean, scale float64)         // (x − mean)·scale
	expSum           func(x []float32, shift float32) float64            // x becomes e^(x − shift), of which the sum is taken
	swiglu           func(dst, gate, up []float32)                       //
	geglu            func(dst, gate, up []float32)                       //
	gelu             func(dst, x []float32)                              //
	spread           func(x []float32) (m Moments, sum, squares float64) // the extremes, the zeros and the sums of at least one number
	addSquares       func(dst []float64, x []float32)                    // adds x² to dst, but not what is not finite
	addFiniteSquares func(dst []float64, x []float32)                    // where all are finite
	count            func(x []float32, r *recentCounts)                  // a piece; at levels that have vectors only
	skip             func(x []float32, r *Ranks) int                     // how many numbers, of whole steps of 16, come before one in a sought cell; likewise
	sift             func(x []float32, s *Sieve)                         // whole steps of a piece; likewise
	turnHalves       func(x, cos, sin []float32)                         // RoPE of both pairings, for len(cos) pairs
	turnPairs        func(x, cos, sin []float32)                         //
}

// genericRows are those in plain Go.
var genericRows = rowFuncs{
	dot: dotGeneric, axpy: axpyGeneric, scale: scaleGeneric, add: addGeneric, mul: mulGeneric,
	max: maxGeneric, above: aboveGeneric, odd: oddGeneric,
	sum: sumGeneric, sumSquares: sumSquaresGeneric, squaresAbout: squaresAboutGeneric,
	normalize: normalizeGeneric, center: centerGeneric,
	expSum: expSumGeneric, swiglu: swigluGeneric, geglu: gegluGeneric, gelu: geluGeneric,
	spread: spreadGeneric, addSquares: addSquaresGeneric, addFiniteSquares: addSquaresGeneric,
	turnHalves: turnHalvesGeneric, turnPairs: turnPairsGeneric,
}

// longest is how many numbers a function gets at most: what lasts longer delays the collector, which waits for all
// goroutines, and assembly cannot be interrupted.
const longest = 1 << 15

// pieces calls f for every range of at most longest of n numbers.
func pieces(n int, f func(lo, hi int)) {
	for lo := 0; lo < n; lo += longest {
		f(lo, min(lo+longest, n))
	}
}
