package kernels

import "math"

// blockFuncs are what attention does with a block of cells, at one level.
type blockFuncs struct {
	// transpose writes the first width numbers of so many rows, both multiples of 16, to dst [width, 64].
	transpose func(dst, rows []float32, stride, width, cells int)
	// multiply does what a blockProduct says; its columns are a multiple of 16.
	multiply func(p *blockProduct)
	// softmax takes a block of scores [rows, 64] into the softmax: most becomes the largest score m so far, shrink
	// e^(old most − m), scores e^(score − m), and sums [rows, 16], whose lanes are parts of one sum, the sums so far.
	softmax func(scores, most, shrink, sums []float32)
	// divide writes rows of out, whose size is a multiple of 16, divided by their sums to dst, which may be out.
	divide func(dst, out, sums []float32)
}

// sumLanes is how many parts the sum of a row has.
const sumLanes = 16

// blockProduct is dst = factors·dst + a·b with dst [rows, cols], a [rows, inner] and b [inner, cols], whose rows are
// strides apart, and a factor for each row; without factors it is a·b. To factor·dst the products are added in order.
type blockProduct struct {
	dst, a, b                   []float32
	dstStride, aStride, bStride int
	rows, inner, cols           int
	factors                     []float32
}

var genericBlocks = blockFuncs{transposeGeneric, multiplyGeneric, softmaxGeneric, divideGeneric}

func transposeGeneric(dst, rows []float32, stride, width, cells int) {
	for i := range cells {
		for j, v := range rows[i*stride:][:width] {
			dst[j*attnBlock+i] = v
		}
	}
}

func multiplyGeneric(p *blockProduct) {
	for r := range p.rows {
		dst := p.dst[r*p.dstStride:][:p.cols]
		if p.factors == nil {
			clear(dst)
		} else {
			scaleGeneric(p.factors[r], dst)
		}
		for i, v := range p.a[r*p.aStride:][:p.inner] {
			axpyGeneric(v, p.b[i*p.bStride:][:p.cols], dst)
		}
	}
}

func softmaxGeneric(scores, most, shrink, sums []float32) {
	for r := range most {
		row := scores[r*attnBlock:][:attnBlock]
		m := max(most[r], maxGeneric(row))
		shrink[r] = float32(math.Exp(float64(most[r] - m)))
		most[r] = m
		sums[r*sumLanes] = float32(sums[r*sumLanes]*shrink[r]) + float32(expSumGeneric(row, m))
	}
}

func divideGeneric(dst, out, sums []float32) {
	rows := len(sums) / sumLanes
	for r := range rows {
		var sum float32
		for _, v := range sums[r*sumLanes:][:sumLanes] {
			sum += v
		}
		row := dst[r*len(out)/rows:][:len(out)/rows]
		copy(row, out[r*len(row):])
		scaleGeneric(1/sum, row)
	}
}
