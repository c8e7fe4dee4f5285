package nn

import "github.com/sonde-ml/sonde/kernels"

func fastExpertWeights(op *Op) error {
	k := op.Out.Width()
	for t := range op.Out.Rows() {
		probs, weights := op.In[0].Row(t), op.Out.Row(t)
		var sum float32
		for j, e := range op.In[1].IDs[t*k : (t+1)*k] {
			weights[j] = probs[e]
			sum += probs[e]
		}
		kernels.Scale(1/max(sum, smallestExpertSum), weights)
	}
	return nil
}

func fastExpertLinear(op *Op) error { return op.withWorkspace(expertLinear) }

func expertLinear(op *Op) error {
	w, slots := op.Weights[0], len(op.In[1].IDs)
	op.work.experts.set(op.In[1].IDs, w.Shape[0], w.Cols(), w.Shape[1])
	if err := op.each(slots, w.Cols(), gather); err != nil {
		return err
	}
	first := 0
	for expert, end := range op.work.experts.ends {
		if err := op.multiplyExpert(expert, first, end); err != nil {
			return err
		}
		first = end
	}
	return op.each(slots, w.Shape[1], scatter)
}

// multiplyExpert multiplies the slots at the places first ≤ i < end by the matrix of an expert.
func (op *Op) multiplyExpert(expert, first, end int) error {
	if first == end {
		return nil
	}
	m, err := op.Weights[0].matrix(expert)
	if err != nil {
		return err
	}
	g := &op.work.experts
	op.work.products.SetInput(g.in[first*m.Cols:end*m.Cols], m.Cols)
	return op.work.products.Product(g.out[first*m.Rows:end*m.Rows], m)
}

func fastExpertSum(op *Op) error {
	return op.each(op.Out.Rows(), op.In[1].Width()*op.Out.Width(), func(op *Op, _ *scratch, lo, hi int) {
		k := op.In[1].Width()
		for t := lo; t < hi; t++ {
			y := op.Out.Row(t)
			clear(y)
			for j, weight := range op.In[1].Row(t) {
				kernels.Axpy(weight, op.In[0].Row(t*k+j), y)
			}
		}
	})
}
