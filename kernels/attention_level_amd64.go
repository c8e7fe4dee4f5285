//go:build amd64 && !purego

package kernels

import "unsafe"

var (
	avx2Blocks   = blockFuncs{transposeByAVX2, multiplyByAVX2, softmaxByAVX2, divideByAVX2}
	avx512Blocks = blockFuncs{transposeByAVX512, multiplyByAVX512, softmaxByAVX512, divideByAVX512}
)

// blocksAt returns the functions of a level.
func blocksAt(t tier) *blockFuncs {
	switch {
	case t >= avx512:
		return &avx512Blocks
	case t == avx2:
		return &avx2Blocks
	}
	return &genericBlocks
}

// prefetchFloats asks for the first numbers of so many rows, which will be read soon.
func (s *Set) prefetchFloats(x []float32, stride, rows, numbers int) {
	if s.tier >= avx2 {
		prefetchRows((*byte)(unsafe.Pointer(&x[0])), 4*stride, rows, (4*numbers+63)/64)
	}
}

// prefetchBytes asks for the first bytes of so many rows.
func (s *Set) prefetchBytes(b []byte, stride, rows, size int) {
	if s.tier >= avx2 {
		prefetchRows(&b[0], stride, rows, (size+63)/64)
	}
}

func transposeByAVX512(dst, rows []float32, stride, width, cells int) {
	if cells == 0 {
		return
	}
	_, _ = dst[(width-1)*attnBlock+cells-1], rows[(cells-1)*stride+width-1]
	for i := 0; i < cells; i += 16 {
		transposeAVX512(&dst[i], 4*attnBlock, &rows[i*stride], 4*stride, width/16)
	}
}

func transposeByAVX2(dst, rows []float32, stride, width, cells int) {
	if cells == 0 {
		return
	}
	_, _ = dst[(width-1)*attnBlock+cells-1], rows[(cells-1)*stride+width-1]
	for i := 0; i < cells; i += 8 {
		transposeAVX2(&dst[i], 4*attnBlock, &rows[i*stride], 4*stride, width/8)
	}
}

// mulAddFunc multiplies so many rows and columns.
type mulAddFunc func(dst *float32, dstStride int, factors, a *float32, aStride int, b *float32, bStride, inner int)

// mulAdds has functions for four rows, two and one, with many columns and with few.
type mulAdds struct {
	many, few int // columns
	funcs     [3][2]mulAddFunc
}

var (
	mulAdds512 = mulAdds{64, 16, [3][2]mulAddFunc{
		{mulAdd4x4AVX512, mulAdd4x1AVX512}, {mulAdd2x4AVX512, mulAdd2x1AVX512}, {mulAdd1x4AVX512, mulAdd1x1AVX512}}}
	mulAdds256 = mulAdds{16, 8, [3][2]mulAddFunc{
		{mulAdd4x2AVX2, mulAdd4x1AVX2}, {mulAdd2x2AVX2, mulAdd2x1AVX2}, {mulAdd1x2AVX2, mulAdd1x1AVX2}}}
)

func multiplyByAVX512(p *blockProduct) { mulAdds512.multiply(p) }
func multiplyByAVX2(p *blockProduct)   { mulAdds256.multiply(p) }

func (f *mulAdds) multiply(p *blockProduct) {
	_ = p.dst[(p.rows-1)*p.dstStride+p.cols-1]
	_ = p.a[(p.rows-1)*p.aStride+p.inner-1]
	_ = p.b[(p.inner-1)*p.bStride+p.cols-1]
	for r := 0; r < p.rows; {
		var factors *float32
		if p.factors != nil {
			factors = &p.factors[r]
		}
		size := 0 // which function
		for 4>>size > p.rows-r {
			size++
		}
		for c := 0; c < p.cols; {
			width, g := f.many, f.funcs[size][0]
			if width > p.cols-c {
				width, g = f.few, f.funcs[size][1]
			}
			g(&p.dst[r*p.dstStride+c], 4*p.dstStride, factors, &p.a[r*p.aStride], 4*p.aStride, &p.b[c], 4*p.bStride, p.inner)
			c += width
		}
		r += 4 >> size
	}
}

func softmaxByAVX512(scores, most, shrink, sums []float32) {
	n := len(most)
	_, _, _ = scores[n*attnBlock-1], shrink[n-1], sums[n*sumLanes-1]
	softmaxRowsAVX512(&scores[0], &most[0], &shrink[0], &sums[0], n)
}

func softmaxByAVX2(scores, most, shrink, sums []float32) {
	n := len(most)
	_, _, _ = scores[n*attnBlock-1], shrink[n-1], sums[n*sumLanes-1]
	softmaxRowsAVX2(&scores[0], &most[0], &shrink[0], &sums[0], n)
}

func divideByAVX512(dst, out, sums []float32) {
	rows := len(sums) / sumLanes
	_ = dst[len(out)-1]
	divideRowsAVX512(&dst[0], &out[0], &sums[0], rows, len(out)/rows/16)
}

func divideByAVX2(dst, out, sums []float32) {
	rows := len(sums) / sumLanes
	_ = dst[len(out)-1]
	divideRowsAVX2(&dst[0], &out[0], &sums[0], rows, len(out)/rows/8)
}
