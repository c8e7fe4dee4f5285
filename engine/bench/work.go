package bench

import "github.com/sonde-ml/sonde/engine/nn"

// work is what an op cannot do without.
type work struct {
	muladds int64
	bytes   int64 // weights, inputs and outputs, each once
}

func (w *work) add(o work) { w.muladds, w.bytes = w.muladds+o.muladds, w.bytes+o.bytes }

// workOf counts the work of an op that was computed. What is no multiplication or addition, such as an exponential,
// counts as one multiply-add.
func workOf(op *nn.Op) work {
	w := work{bytes: numberBytes(op.Out)}
	for _, t := range op.In {
		w.bytes += numberBytes(t)
	}
	for _, weight := range op.Weights {
		w.bytes += int64(len(weight.Bytes))
	}
	elements := int64(op.Out.Len())
	switch op.Kind {
	case nn.Embed:
		w.bytes = numberBytes(op.Out) + int64(op.Out.Rows())*rowBytes(op.Weights[0])
	case nn.MatMul:
		w.muladds = elements * int64(op.Weights[0].Cols())
	case nn.ExpertMatMul:
		w.muladds = elements * int64(op.Weights[0].Cols())
		w.bytes += int64(len(op.Weights[0].Bytes)) * (chosen(op.In[1].IDs) - experts(op)) / experts(op)
	case nn.FusedAttn:
		w.muladds = 2 * visible(op) * int64(op.Attn.HeadDim)
	case nn.AttnScores, nn.AttnMix:
		w.muladds = visible(op) * int64(op.Attn.HeadDim)
	case nn.Sum:
		w.muladds = elements
	case nn.RMSNorm, nn.Rotate: // a square and a product; a product and another one added
		w.muladds = 2 * elements
	case nn.SwiGLU, nn.Softmax, nn.AttnProbs: // about an exponential, a sum, a quotient, a product
		w.muladds = 4 * elements
	case nn.ExpertSum:
		w.muladds = int64(op.In[0].Len())
	}
	return w
}

// product reports whether ops of that kind multiply by a matrix of weights.
func product(k nn.Kind) bool { return k == nn.MatMul || k == nn.ExpertMatMul }

// numberBytes is the size of what passes from op to op: numbers and ids of four bytes.
func numberBytes(t *nn.Tensor) int64 { return 4 * int64(t.Len()) }

func rowBytes(w *nn.Weight) int64 { return int64(len(w.Bytes) / w.Rows()) }

func experts(op *nn.Op) int64 { return int64(op.Weights[0].Shape[0]) }

// chosen counts the experts that at least one token uses.
func chosen(ids []int32) int64 {
	seen := map[int32]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	return int64(len(seen))
}

// visible counts the pairs of a query, of any head, and a cell that it sees.
func visible(op *nn.Op) (n int64) {
	for _, p := range op.Pos {
		n += int64(p) + 1
	}
	return n * int64(op.Attn.Heads)
}
