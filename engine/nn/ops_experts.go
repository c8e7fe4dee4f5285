package nn

// Mixture of experts, as in Mixtral (arXiv 2401.04088). Shapes: T tokens, E experts, k of them used per token,
// F the inner width, D the width of the stream.

// Softmax returns the softmax of each row of x [T, E].
func (p *Pass) Softmax(name string, x *Tensor) *Tensor {
	return p.do(p.numbers(p.slot(name, Softmax).inputs(x), x.Shape...))
}

// TopK returns the indices of the k largest entries of each row of x [T, E], best first → ids [T, k].
// Of equal entries the one with the lower index is better.
func (p *Pass) TopK(name string, x *Tensor, k int) *Tensor {
	return p.do(p.ids(p.slot(name, TopK).inputs(x), x.Shape[0], k))
}

// ExpertWeights returns the probs [T, E] of the chosen experts [T, k], divided by their sum → [T, k].
func (p *Pass) ExpertWeights(name string, probs, chosen *Tensor) *Tensor {
	return p.do(p.numbers(p.slot(name, ExpertWeights).inputs(probs, chosen), chosen.Shape...))
}

// ExpertLinear multiplies by the matrices of the chosen experts [T, k], out of w [E, out, in]:
// x is one row for all of a token's experts, [T, in], or one for each, [T, k, in] → [T, k, out].
func (p *Pass) ExpertLinear(name string, x, chosen *Tensor, w *Weight) *Tensor {
	s := p.slot(name, ExpertMatMul).inputs(x, chosen).weighs(w)
	return p.do(p.numbers(s, chosen.Shape[0], chosen.Shape[1], w.Shape[1]))
}

// ExpertSum adds up each token's expert outputs y [T, k, D], times their weights [T, k], best first → [T, D].
func (p *Pass) ExpertSum(name string, y, weights *Tensor) *Tensor {
	return p.do(p.numbers(p.slot(name, ExpertSum).inputs(y, weights), y.Shape[0], y.Width()))
}
