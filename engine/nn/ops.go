package nn

// Shapes in this file: T tokens, D the width of a row, H heads, G key-value heads, d head size, C cached positions.

// Embed looks up the rows of the batch's tokens in table [V, D] → [T, D].
func (p *Pass) Embed(name string, table *Weight) *Tensor {
	s := p.slot(name, Embed).inputs(&p.tokens).weighs(table)
	return p.do(p.numbers(s, p.Tokens(), table.Cols()))
}

// RMSNorm divides each row of x [T, D] by √(mean of its squares + eps) and multiplies it by w [D].
func (p *Pass) RMSNorm(name string, x *Tensor, w *Weight, eps float32) *Tensor {
	s := p.slot(name, RMSNorm).inputs(x).weighs(w)
	s.op.Eps = eps
	return p.do(p.numbers(s, x.Shape...))
}

// Linear multiplies each token's entries of x [T, in], or [T, heads, d] with heads·d = in, by the matrix
// lin.W [out, in] and adds lin's bias → [T, lin.Out…].
func (p *Pass) Linear(name string, x *Tensor, lin Linear) *Tensor {
	s := p.slot(name, MatMul).inputs(x).weighs(lin.W, lin.Bias)
	s.out.Shape = append(append(s.out.Shape[:0], x.Shape[0]), lin.outShape()...)
	return p.do(p.numbers(s, s.out.Shape...))
}

// RoPE turns the heads of x [T, heads, d] by their tokens' positions.
func (p *Pass) RoPE(name string, x *Tensor, r *RoPE) *Tensor {
	s := p.slot(name, Rotate).inputs(x)
	s.op.RoPE = r
	return p.do(p.numbers(s, x.Shape...))
}

// Add returns a + b, of the same shape.
func (p *Pass) Add(name string, a, b *Tensor) *Tensor {
	return p.do(p.numbers(p.slot(name, Sum).inputs(a, b), a.Shape...))
}

// SwiGLU returns silu(gate)·up, element by element.
func (p *Pass) SwiGLU(name string, gate, up *Tensor) *Tensor {
	return p.do(p.numbers(p.slot(name, SwiGLU).inputs(gate, up), gate.Shape...))
}

// Attention puts keys and values [T, G, d] into the cache and lets the queries [T, H, d] attend to
// the cells up to their own → [T, H, d]. It is one op, attn_mix, when nobody looks inside; else, and in
// numerics without the fused kernel, three: attn_scores, attn_probs, attn_mix.
func (p *Pass) Attention(q, k, v *Tensor, a *Attention) *Tensor {
	tokens, cells := q.Shape[0], CellsDim
	fused := !p.dry && p.numerics.Has(FusedAttn) && !p.hooks.lookInside(p.layer)
	if !p.dry {
		k, v = p.cached(k, v, fused)
		cells = k.Shape[0]
	}
	if fused {
		s := p.attention("attn_mix", FusedAttn, a).inputs(q, k, v)
		return p.do(p.numbers(s, q.Shape...))
	}
	s := p.attention("attn_scores", AttnScores, a).inputs(q, k)
	scores := p.do(p.numbers(s, a.Heads, tokens, cells))
	s = p.attention("attn_probs", AttnProbs, a).inputs(scores)
	probs := p.do(p.numbers(s, a.Heads, tokens, cells))
	s = p.attention("attn_mix", AttnMix, a).inputs(probs, v)
	return p.do(p.numbers(s, q.Shape...))
}

// cached puts the batch's keys and values into the cache and returns those of all cells [C, G, d]: as they are stored for
// the fused kernel, else as numbers. An error counts as one of the attention.
func (p *Pass) cached(k, v *Tensor, fused bool) (keys, values *Tensor) {
	err := p.cache.put(p.layer, p.batch.Start, k, v)
	keys, values = p.cache.all(p.layer)
	if err == nil && !fused {
		keys, values, err = p.cache.decoded(p.layer)
	}
	if err != nil && p.err == nil {
		p.err = &OpError{p.prefix + "attn_mix", FusedAttn, err}
	}
	return keys, values
}

func (p *Pass) attention(name string, kind Kind, a *Attention) *slot {
	s := p.slot(name, kind)
	s.op.Attn = a
	return s
}
