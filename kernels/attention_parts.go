package kernels

import "fmt"

// Scores and Mix are the halves of an attention, for those who look in between. They take the steps of [Attender.Attend].

// Scores writes q·k of every query head and every cell to dst [heads, tokens, cells], with q [tokens, heads, dim] and keys
// [cells, kv_heads, dim]: what Attend multiplies by Scale, of cells that a token does not see too. The error of an output
// is at most dim·2^-24·Σ|q·k|. An error says how the shapes do not fit, or is a fault in a mapped file.
func (a *Attender) Scores(dst, q []float32, k Cells, h HeadShape) error {
	if err := h.valid(); err != nil {
		return err
	}
	cells, err := k.cells(&h)
	if err != nil {
		return err
	}
	tokens := len(q) / (h.Heads * h.Dim)
	if len(q) != tokens*h.Heads*h.Dim || len(dst) != h.Heads*tokens*cells {
		return fmt.Errorf("scores of %d heads of %d numbers: q has %d numbers and keys [cells, %d, %d] %d cells, and dst %d numbers, expected %d",
			h.Heads, h.Dim, len(q), h.KVHeads, h.Dim, cells, len(dst), h.Heads*tokens*cells)
	}
	a.task.HeadShape, a.task.dst, a.task.q, a.task.k, a.task.cells = h, dst, q, k, cells
	a.task.pos = nil
	return a.run(&a.scores, tokens, len(q)*cells)
}

// Mix writes Σ_j p_j·v_j to dst [tokens, heads, dim], with p [heads, tokens, cells] and values [cells, kv_heads, dim]. Token
// t sees the cells 0 … pos[t], whatever p holds for the others; what it gets does not depend on other tokens. The error of
// an output is at most cells·2^-24·Σ|p·v|. An error says how the shapes do not fit, or is a fault in a mapped file.
func (a *Attender) Mix(dst, p []float32, v Cells, pos []int32, h HeadShape) error {
	if err := h.valid(); err != nil {
		return err
	}
	if err := h.reach(&v, &v, pos); err != nil {
		return err
	}
	cells, _ := v.cells(&h)
	if n, all := len(pos)*h.Heads*h.Dim, h.Heads*len(pos)*cells; len(dst) != n || len(p) != all {
		return fmt.Errorf("mix of %d heads of %d numbers, %d tokens and %d cells: dst has %d numbers, expected %d, and p %d, expected %d",
			h.Heads, h.Dim, len(pos), cells, len(dst), n, len(p), all)
	}
	a.task.HeadShape, a.task.dst, a.task.q, a.task.v, a.task.pos, a.task.cells = h, dst, p, v, pos, cells
	return a.run(&a.mix, len(pos), len(dst)*a.task.seen(0, len(pos)))
}

// scoring is the task of Scores, mixing that of Mix, whose probabilities are in q. Their units are those of attention.
type (
	scoring struct{ *attention }
	mixing  struct{ *attention }
)

// Range computes the units lo ≤ i < hi.
func (a *scoring) Range(worker, lo, hi int) {
	for i := lo; i < hi; i++ {
		a.unit(&a.scratch[worker], i)
	}
}

func (a *scoring) unit(s *attnScratch, i int) {
	tokens := len(a.q) / (a.Heads * a.Dim)
	first := i / a.KVHeads * a.tokens
	s.begin(a.attention, i%a.KVHeads, first, min(tokens, first+a.tokens), a.cells)
	s.takeQueries(a.attention)
	for cell := 0; cell < s.cells; cell += attnBlock {
		n := min(attnBlock, s.cells-cell)
		s.multiplyKeys(a.attention, cell, n)
		for r := range s.most {
			copy(a.dst[s.scoresOf(a.attention, r, tokens)+cell:][:n], s.scores[r*attnBlock:])
		}
	}
}

// Range computes the units lo ≤ i < hi.
func (a *mixing) Range(worker, lo, hi int) {
	for i := lo; i < hi; i++ {
		a.unit(&a.scratch[worker], i)
	}
}

func (a *mixing) unit(s *attnScratch, i int) {
	first := i / a.KVHeads * a.tokens
	last := min(len(a.pos), first+a.tokens)
	s.begin(a.attention, i%a.KVHeads, first, last, a.seen(first, last))
	for r := range s.most {
		s.shrink[r], s.sums[r*sumLanes] = 1, 1
	}
	for cell := 0; cell < s.cells; cell += attnBlock {
		n := min(attnBlock, s.cells-cell)
		for r := range s.most {
			copy(s.scores[r*attnBlock:], a.q[s.scoresOf(a.attention, r, len(a.pos))+cell:][:n])
		}
		s.addValues(a.attention, cell, n)
	}
	s.end(a.attention)
}

// scoresOf returns where the scores of a row lie in [heads, tokens, cells].
func (s *attnScratch) scoresOf(a *attention, row, tokens int) int {
	token, head := s.first+row/a.group(), s.head*a.group()+row%a.group()
	return (head*tokens + token) * a.cells
}
