package nn

import "github.com/sonde-ml/sonde/kernels"

// The fast numerics: the kernels, in a table.
var fastFuncs = map[Kind]Func{
	Embed:         embed,
	RMSNorm:       fastRMSNorm,
	MatMul:        fastLinear,
	Rotate:        fastRotate,
	AttnScores:    fastScores,
	AttnProbs:     fastProbs,
	AttnMix:       fastMix,
	FusedAttn:     fastAttention,
	Sum:           fastSum,
	SwiGLU:        fastSwiGLU,
	Softmax:       fastSoftmax,
	TopK:          topK,
	ExpertWeights: fastExpertWeights,
	ExpertMatMul:  fastExpertLinear,
	ExpertSum:     fastExpertSum,
}

func fastRMSNorm(op *Op) error {
	x := op.In[0]
	return op.each(x.Rows(), 2*x.Width(), func(op *Op, s *scratch, lo, hi int) {
		w := op.Weights[0].decodeVector(s)
		for r := lo; r < hi; r++ {
			kernels.RMSNorm(op.Out.Row(r), op.In[0].Row(r), w, op.Eps)
		}
	})
}

func fastLinear(op *Op) error { return op.withWorkspace(linear) }

func linear(op *Op) error {
	m, err := op.Weights[0].matrix(0)
	if err != nil {
		return err
	}
	if err := op.multiplier().Product(op.Out.Data, m); err != nil || len(op.Weights) < 2 {
		return err
	}
	return op.each(op.In[0].Shape[0], m.Rows, func(op *Op, s *scratch, lo, hi int) {
		b := op.Weights[1].decodeVector(s)
		for t := lo; t < hi; t++ {
			y := op.Out.Data[t*len(b):][:len(b)]
			kernels.Add(y, y, b)
		}
	})
}

func fastSum(op *Op) error {
	return op.each(op.Out.Rows(), op.Out.Width(), func(op *Op, _ *scratch, lo, hi int) {
		for r := lo; r < hi; r++ {
			kernels.Add(op.Out.Row(r), op.In[0].Row(r), op.In[1].Row(r))
		}
	})
}

func fastSwiGLU(op *Op) error {
	return op.each(op.Out.Rows(), 16*op.Out.Width(), func(op *Op, _ *scratch, lo, hi int) {
		for r := lo; r < hi; r++ {
			kernels.SwiGLU(op.Out.Row(r), op.In[0].Row(r), op.In[1].Row(r))
		}
	})
}

func fastSoftmax(op *Op) error {
	return op.each(op.Out.Rows(), 16*op.Out.Width(), func(op *Op, _ *scratch, lo, hi int) {
		for r := lo; r < hi; r++ {
			y := op.Out.Row(r)
			copy(y, op.In[0].Row(r))
			kernels.Softmax(y)
		}
	})
}
