//go:build amd64 && !purego

package kernels

import (
	"unsafe"

	"github.com/sonde-ml/sonde/gguf"
)

// floatFunc adds the lanes of four rows times so many tokens.
type floatFunc func(acc *float32, w *byte, wStride int, x *float32, xStride, steps int)

var (
	floatFuncs512 = [...][maxWidth + 1]floatFunc{
		gguf.F32:  {1: floatF32x1AVX512, 2: floatF32x2AVX512, 4: floatF32x4AVX512, 6: floatF32x6AVX512},
		gguf.F16:  {1: floatF16x1AVX2, 2: floatF16x2AVX512, 4: floatF16x4AVX512, 6: floatF16x6AVX512},
		gguf.BF16: {1: floatBF16x1AVX2, 2: floatBF16x2AVX512, 4: floatBF16x4AVX512, 6: floatBF16x6AVX512},
	}
	floatFuncs256 = [...][maxWidth + 1]floatFunc{
		gguf.F32:  {1: floatF32x1AVX2, 2: floatF32x2AVX2},
		gguf.F16:  {1: floatF16x1AVX2, 2: floatF16x2AVX2},
		gguf.BF16: {1: floatBF16x1AVX2, 2: floatBF16x2AVX2},
	}
	// The same for one token, asking near. F32 is left to the processor: see kernels/gen.
	floatNear512 = [...]floatFunc{gguf.F32: floatF32x1AVX512, gguf.F16: floatF16x1NearAVX512, gguf.BF16: floatBF16x1NearAVX512}
	floatNear256 = [...]floatFunc{gguf.F32: floatF32x1NearAVX2, gguf.F16: floatF16x1NearAVX2, gguf.BF16: floatBF16x1NearAVX2}
	floatPairs   = [...]floatFunc{gguf.F32: floatF32x1PairsAVX2, gguf.F16: floatF16x1PairsAVX2, gguf.BF16: floatBF16x1PairsAVX2}
)

// registerLanes is how many float32 a register of the kernels holds, 0 without kernels.
func (s *Set) registerLanes() int {
	switch {
	case s.tier >= avx512:
		return 16
	case s.tier == avx2:
		return 8
	}
	return 0
}

// floatWidth is the number of tokens, of those that are left, which are multiplied together.
func (s *Set) floatWidth(tokens int) int {
	switch {
	case s.registerLanes() == 8:
		return min(tokens, 2)
	case tokens >= 6:
		return 6
	case tokens >= 4:
		return 4
	}
	return min(tokens, 2)
}

// addFloats adds to acc the lanes of the products of four rows, row r and those that follow it apart rows behind each other,
// with n tokens of x, whose rows are cols numbers, over part columns from col on; x begins there. Rows that are not
// neighbours are read by pairs.
func (s *Set) addFloats(acc *[floatRows * maxWidth * floatLanes]float32, w floatRowsAt, r, apart int, x []float32, cols, n, col, part int) {
	funcs, one, size := &floatFuncs512, &floatNear512, w.typ.BlockBytes()
	if s.registerLanes() == 8 {
		funcs, one = &floatFuncs256, &floatNear256
	}
	from, stride := r*w.stride+col*size, apart*w.stride
	_, _ = w.bytes[from+(floatRows-1)*stride+part*size-1], x[(n-1)*cols+part-1]
	f := funcs[w.typ][n]
	switch {
	case apart > 1:
		f = floatPairs[w.typ]
	case n == 1 && s.fetch == near:
		f = one[w.typ]
	}
	f(&acc[0], &w.bytes[from], stride, &x[0], 4*cols, part/floatLanes)
}

// add sums the lanes of a group of four rows.
func (s *floatScratch) add(g, n int) {
	if s.set.registerLanes() == 8 {
		floatSumsAVX2(&s.sums[0], &s.acc[g][0], n)
	} else {
		floatSumsAVX512(&s.sums[0], &s.acc[g][0], n)
	}
}

func floatBytes(x []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), 4*len(x))
}
