//go:build amd64 && !purego

package kernels

var avx2Rows = rowFuncs{
	dot: dotAVX2, axpy: axpyAVX2, scale: scaleAVX2, add: addAVX2, mul: mulAVX2,
	max: maxAVX2, above: aboveAVX2, odd: oddAVX2,
	sum: sumAVX2, sumSquares: sumSquaresAVX2, squaresAbout: squaresAboutAVX2,
	normalize: normalizeAVX2, center: centerAVX2,
	expSum: expSumAVX2, swiglu: swigluAVX2, geglu: gegluAVX2, gelu: geluAVX2,
	spread: spreadByAVX2, addSquares: addSquaresByAVX2, addFiniteSquares: addFiniteSquaresByAVX2, count: countByAVX2, skip: skipByAVX2, sift: siftByAVX2,
	turnHalves: rotateHalvesAVX2, turnPairs: turnPairsAVX2,
}

var avx512Rows = rowFuncs{
	dot: dotAVX512, axpy: axpyAVX512, scale: scaleAVX512, add: addAVX512, mul: mulAVX512,
	max: maxAVX512, above: aboveAVX512, odd: oddAVX512,
	sum: sumAVX512, sumSquares: sumSquaresAVX512, squaresAbout: squaresAboutAVX512,
	normalize: normalizeAVX512, center: centerAVX512,
	expSum: expSumAVX512, swiglu: swigluAVX512, geglu: gegluAVX512, gelu: geluAVX512,
	spread: spreadByAVX512, addSquares: addSquaresByAVX512, addFiniteSquares: addFiniteSquaresByAVX512, count: countByAVX512, skip: skipByAVX512, sift: siftByAVX2,
	turnHalves: rotateHalvesAVX512, turnPairs: turnPairsAVX2,
}

// byteRows are those that look bytes up.
var byteRows = func() rowFuncs {
	f := avx512Rows
	f.sift = siftByVBMI
	return f
}()

// rowsAt returns the functions of a level.
func rowsAt(t tier, bytes bool) *rowFuncs {
	switch {
	case bytes:
		return &byteRows
	case t >= avx512:
		return &avx512Rows
	case t == avx2:
		return &avx2Rows
	}
	return &genericRows
}

func turnPairsAVX2(x, cos, sin []float32) {
	whole := len(cos) / 4 * 4
	if whole > 0 {
		rotatePairsAVX2(&x[0], &cos[0], &sin[0], whole/4)
	}
	turnPairsGeneric(x[2*whole:], cos[whole:], sin[whole:])
}
