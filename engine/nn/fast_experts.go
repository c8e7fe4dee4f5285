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
	w := op.Weights[0]
	products := op.multiplier()
	for slot, expert := range op.In[1].IDs {
		m, err := w.matrix(int(expert))
		if err != nil {
			return err
		}
		products.SetInput(op.expertInput(slot), m.Cols)
		if err := products.Product(op.Out.Data[slot*m.Rows:][:m.Rows], m); err != nil {
			return err
		}
	}
	return nil
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
