package nn

// Attention in float64. The cells that a token may see are those up to its own position.

func exactScores(op *Op) error {
	tokens, cells := op.In[0].Shape[0], op.In[1].Shape[0]
	return op.each(op.Attn.Heads*tokens, cells*op.Attn.HeadDim, func(op *Op, _ *scratch, lo, hi int) {
		tokens, cells := op.In[0].Shape[0], op.In[1].Shape[0]
		for r := lo; r < hi; r++ {
			h, t := r/tokens, r%tokens
			q := op.In[0].Row(t*op.Attn.Heads + h)
			for j := range cells {
				op.Out.Data[r*cells+j] = float32(dot64(q, op.kvRow(1, j, h)))
			}
		}
	})
}

func exactProbs(op *Op) error {
	copy(op.Out.Data, op.In[0].Data)
	return op.each(op.Out.Rows(), 32*op.Out.Width(), func(op *Op, s *scratch, lo, hi int) {
		for r := lo; r < hi; r++ {
			row := op.Out.Row(r)
			seen := int(op.Pos[r%op.Out.Shape[1]]) + 1
			softmax64(row[:seen], float64(op.Attn.Scale), s.doubles(seen))
			clear(row[seen:])
		}
	})
}

func exactMix(op *Op) error {
	cells := op.In[1].Shape[0]
	return op.each(op.Out.Rows(), cells*op.Attn.HeadDim, func(op *Op, s *scratch, lo, hi int) {
		tokens := op.Out.Shape[0]
		sum := s.doubles(op.Attn.HeadDim)
		for r := lo; r < hi; r++ {
			t, h := r/op.Attn.Heads, r%op.Attn.Heads
			clear(sum)
			for j, p := range op.In[0].Row(h*tokens + t)[:op.Pos[t]+1] {
				for i, v := range op.kvRow(1, j, h) {
					sum[i] += float64(p) * float64(v)
				}
			}
			for i, v := range sum {
				op.Out.Row(r)[i] = float32(v)
			}
		}
	})
}

// kvRow returns what head h reads of cell j of the cached keys or values, input in of op.
func (op *Op) kvRow(in, j, h int) []float32 {
	return op.In[in].Row(j*op.Attn.KVHeads + h/op.Attn.group())
}
