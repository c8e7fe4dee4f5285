package nn

import "github.com/sonde-ml/sonde/kernels"

func fastScores(op *Op) error { return op.withWorkspace(scores) }

func scores(op *Op) error {
	return op.work.attender.Scores(op.Out.Data, op.In[0].Data, op.In[1].cells(), op.Attn.shape())
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
	return op.work.attender.Mix(op.Out.Data, op.In[0].Data, op.In[1].cells(), op.Pos, op.Attn.shape())
}

func fastAttention(op *Op) error { return op.withWorkspace(attention) }

func attention(op *Op) error {
	return op.work.attender.Attend(op.Out.Data, op.In[0].Data, op.In[1].cells(), op.In[2].cells(), op.Pos, op.Attn.shape())
}

func (a *Attention) shape() kernels.HeadShape {
	return kernels.HeadShape{Heads: a.Heads, KVHeads: a.KVHeads, Dim: a.HeadDim, Scale: a.Scale}
}

// cells returns keys or values as attention takes them.
func (t *Tensor) cells() kernels.Cells {
	if t.packed != nil {
		return *t.packed
	}
	return kernels.FloatCells(t.Data)
}
