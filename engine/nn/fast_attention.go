package nn

import "github.com/sonde-ml/sonde/kernels"

func fastScores(op *Op) error { return op.withWorkspace(scores) }

func scores(op *Op) error {
	if op.manyTokens() {
		return scoresByProducts(op)
	}
	tokens, cells := op.In[0].Shape[0], op.In[1].Shape[0]
	return op.each(op.Attn.Heads*tokens, cells*op.Attn.HeadDim, func(op *Op, _ *scratch, lo, hi int) {
		tokens, cells := op.In[0].Shape[0], op.In[1].Shape[0]
		for r := lo; r < hi; r++ {
			h, t := r/tokens, r%tokens
			q := op.In[0].Row(t*op.Attn.Heads + h)
			for j := range cells {
				op.Out.Data[r*cells+j] = kernels.Dot(q, op.kvRow(1, j, h))
			}
		}
	})
}

func fastProbs(op *Op) error {
	return op.each(op.Out.Rows(), 16*op.Out.Width(), func(op *Op, _ *scratch, lo, hi int) {
		for r := lo; r < hi; r++ {
			row := op.Out.Row(r)
			copy(row, op.In[0].Row(r))
			seen := int(op.Pos[r%op.Out.Shape[1]]) + 1
			kernels.Scale(op.Attn.Scale, row[:seen])
			kernels.Softmax(row[:seen])
			clear(row[seen:])
		}
	})
}

func fastMix(op *Op) error { return op.withWorkspace(mix) }

func mix(op *Op) error {
	if op.manyTokens() && kernels.Finite(op.In[1].Data) { // what is not finite would show in tokens before it, times zero
		return mixByProducts(op)
	}
	cells := op.In[1].Shape[0]
	return op.each(op.Out.Rows(), cells*op.Attn.HeadDim, func(op *Op, _ *scratch, lo, hi int) {
		tokens := op.Out.Shape[0]
		for r := lo; r < hi; r++ {
			t, h := r/op.Attn.Heads, r%op.Attn.Heads
			y := op.Out.Row(r)
			clear(y)
			for j, p := range op.In[0].Row(h*tokens + t)[:op.Pos[t]+1] {
				kernels.Axpy(p, op.kvRow(1, j, h), y)
			}
		}
	})
}

func fastAttention(op *Op) error { return op.withWorkspace(attention) }

func attention(op *Op) error {
	a := op.Attn
	shape := kernels.HeadShape{Heads: a.Heads, KVHeads: a.KVHeads, Dim: a.HeadDim, Scale: a.Scale}
	return op.work.attender.Attend(op.Out.Data, op.In[0].Data, op.In[1].cells(), op.In[2].cells(), op.Pos, shape)
}

// cells returns keys or values as attention takes them.
func (t *Tensor) cells() kernels.Cells {
	if t.packed != nil {
		return *t.packed
	}
	return kernels.FloatCells(t.Data)
}
