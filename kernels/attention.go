package kernels

import "math"

// attnBlock is the number of cells whose scores are softmaxed together. Blocks begin at multiples
// of it, so the result for a query does not depend on the other queries of the batch.
const attnBlock = 32

// AttentionRow writes one head's attention output for one query to dst [head_dim]:
// Σ_j softmax_j(scale·q·k_j)·v_j over the first cells rows of k and v, which are stride apart.
// The softmax is taken online, block by block (arXiv 1805.02867, 2205.14135), in float32.
func AttentionRow(dst, q, k, v []float32, cells, stride int, scale float32) {
	clear(dst)
	highest, sum := float32(math.Inf(-1)), float32(0)
	var scores [attnBlock]float32
	for first := 0; first < cells; first += attnBlock {
		n := min(attnBlock, cells-first)
		for j := range n {
			at := (first + j) * stride
			scores[j] = Dot(q, k[at:at+len(q)]) * scale
		}
		if m := Max(scores[:n]); m > highest {
			shrink := float32(math.Exp(float64(highest - m)))
			Scale(shrink, dst)
			sum *= shrink
			highest = m
		}
		for j, s := range scores[:n] {
			p := float32(math.Exp(float64(s - highest)))
			sum += p
			at := (first + j) * stride
			Axpy(p, v[at:at+len(dst)], dst)
		}
	}
	Scale(1/sum, dst)
}
