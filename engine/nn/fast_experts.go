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

func fastExpertLinear(op *Op) error {
	return op.eachExpertRow(func(op *Op, s *scratch, lo, hi int) {
		w := op.Weights[0]
		for r := lo; r < hi; r++ {
			for slot, expert := range op.In[1].IDs {
				row := w.mustDecodeRow(int(expert)*w.Shape[1]+r, s.floats(w.Cols()))
				op.Out.Data[slot*w.Shape[1]+r] = kernels.Dot(row, op.expertInput(slot))
			}
		}
	})
}

func fastExpertSum(op *Op) error {
	k := op.In[1].Width()
	for t := range op.Out.Rows() {
		y := op.Out.Row(t)
		clear(y)
		for j, weight := range op.In[1].Row(t) {
			kernels.Axpy(weight, op.In[0].Row(t*k+j), y)
		}
	}
	return nil
}
