package nn

// smallestExpertSum keeps the division of expert weights finite. llama.cpp clamps at the same value, 2⁻¹⁴.
const smallestExpertSum = 1.0 / (1 << 14)

// topK compares and does no arithmetic, so all numerics share it.
func topK(op *Op) error {
	return op.each(op.In[0].Rows(), 4*op.In[0].Width(), func(op *Op, _ *scratch, lo, hi int) {
		k := op.Out.Shape[1]
		for r := lo; r < hi; r++ {
			largest(op.Out.IDs[r*k:(r+1)*k], op.In[0].Row(r))
		}
	})
}

// largest fills ids with the indices of the largest entries of x, best first, the lower index first on ties.
func largest(ids []int32, x []float32) {
	n := 0
	for i, v := range x {
		at := n
		for at > 0 && x[ids[at-1]] < v {
			at--
		}
		if at == len(ids) {
			continue
		}
		n = min(n+1, len(ids))
		copy(ids[at+1:n], ids[at:n-1])
		ids[at] = int32(i)
	}
}

func exactExpertWeights(op *Op) error {
	k := op.Out.Width()
	for t := range op.Out.Rows() {
		probs := op.In[0].Row(t)
		var sum float64
		for _, e := range op.In[1].IDs[t*k : (t+1)*k] {
			sum += float64(probs[e])
		}
		sum = max(sum, smallestExpertSum)
		for j, e := range op.In[1].IDs[t*k : (t+1)*k] {
			op.Out.Row(t)[j] = float32(float64(probs[e]) / sum)
		}
	}
	return nil
}

func exactExpertLinear(op *Op) error {
	return op.eachExpertRow(func(op *Op, s *scratch, lo, hi int) {
		w := op.Weights[0]
		for r := lo; r < hi; r++ {
			for slot, expert := range op.In[1].IDs {
				row := w.mustDecodeRow(int(expert)*w.Shape[1]+r, s.floats(w.Cols()))
				op.Out.Data[slot*w.Shape[1]+r] = float32(dot64(row, op.expertInput(slot)))
			}
		}
	})
}

// eachExpertRow calls f with ranges of the rows of an expert's matrix.
func (op *Op) eachExpertRow(f rangeFunc) error {
	return op.each(op.Weights[0].Shape[1], op.Weights[0].Cols()*len(op.In[1].IDs), f)
}

// expertInput returns the row that slot t·k+j multiplies: the token's, or the slot's own.
func (op *Op) expertInput(slot int) []float32 {
	n := op.Weights[0].Cols()
	if op.In[0].Len() != len(op.In[1].IDs)*n {
		slot /= op.In[1].Shape[1]
	}
	return op.In[0].Data[slot*n : (slot+1)*n]
}

func exactExpertSum(op *Op) error {
	k := op.In[1].Width()
	for t := range op.Out.Rows() {
		for i := range op.Out.Row(t) {
			var sum float64
			for j, weight := range op.In[1].Row(t) {
				sum += float64(weight) * float64(op.In[0].Row(t*k + j)[i])
			}
			op.Out.Row(t)[i] = float32(sum)
		}
	}
	return nil
}
