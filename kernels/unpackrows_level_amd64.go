//go:build amd64 && !purego

package kernels

import "github.com/sonde-ml/sonde/gguf"

// rowUnpacker decodes rows of pieces of so many numbers; strides are in bytes.
type rowUnpacker struct {
	numbers int
	unpack  func(dst *float32, dstStride int, src *byte, srcStride, rows, pieces int)
}

var (
	rowUnpackers512 = [...]rowUnpacker{
		gguf.F32: {16, unpackRowsF32AVX512}, gguf.F16: {16, unpackRowsF16AVX512}, gguf.BF16: {16, unpackRowsBF16AVX512}, gguf.Q8_0: {32, unpackRowsQ8_0AVX512}}
	rowUnpackers256 = [...]rowUnpacker{
		gguf.F32: {8, unpackRowsF32AVX2}, gguf.F16: {8, unpackRowsF16AVX2}, gguf.BF16: {8, unpackRowsBF16AVX2}, gguf.Q8_0: {32, unpackRowsQ8_0AVX2}}
)

// unpackRows decodes cols numbers of rows, which are dstStride numbers and srcStride bytes apart, if there is a kernel for
// it.
func (s *Set) unpackRows(typ gguf.Type, dst []float32, dstStride int, src []byte, srcStride, rows, cols int) bool {
	unpackers := &rowUnpackers512
	if s.tier < avx512 {
		unpackers = &rowUnpackers256
	}
	if s.tier < avx2 || int(typ) >= len(unpackers) {
		return false
	}
	u := unpackers[typ]
	if u.unpack == nil || rows == 0 || cols == 0 || cols%u.numbers != 0 {
		return false
	}
	size, _ := typ.RowBytes(cols)
	_, _ = dst[(rows-1)*dstStride+cols-1], src[(rows-1)*srcStride+size-1]
	u.unpack(&dst[0], 4*dstStride, &src[0], srcStride, rows, cols/u.numbers)
	return true
}
