package nn

import "math"

// The exact numerics: weights decoded, sums in float64 in index order, each output rounded to float32 once.
var exactFuncs = map[Kind]Func{
	Embed:         embed,
	RMSNorm:       exactRMSNorm,
	MatMul:        exactLinear,
	Rotate:        exactRotate,
	AttnScores:    exactScores,
	AttnProbs:     exactProbs,
	AttnMix:       exactMix,
	Sum:           exactSum,
	SwiGLU:        exactSwiGLU,
	Softmax:       exactSoftmax,
	TopK:          topK,
	ExpertWeights: exactExpertWeights,
	ExpertMatMul:  exactExpertLinear,
	ExpertSum:     exactExpertSum,
}

// embed decodes rows: no arithmetic of its own, so all numerics share it.
func embed(op *Op) error {
	return op.each(op.Out.Rows(), 4*op.Out.Width(), func(op *Op, _ *scratch, lo, hi int) {
		for t := lo; t < hi; t++ {
			op.Weights[0].mustDecodeRow(int(op.In[0].IDs[t]), op.Out.Row(t))
		}
	})
}

func exactRMSNorm(op *Op) error {
	x := op.In[0]
	return op.each(x.Rows(), 4*x.Width(), func(op *Op, s *scratch, lo, hi int) {
		w := op.Weights[0].decodeVector(s)
		for r := lo; r < hi; r++ {
			x, y := op.In[0].Row(r), op.Out.Row(r)
			mean := dot64(x, x) / float64(len(x))
			scale := 1 / math.Sqrt(mean+float64(op.Eps))
			for i, v := range x {
				y[i] = float32(float64(v) * scale * float64(w[i]))
			}
		}
	})
}

func exactLinear(op *Op) error {
	w := op.Weights[0]
	return op.each(w.Rows(), w.Cols()*op.In[0].Shape[0], func(op *Op, s *scratch, lo, hi int) {
		w, x := op.Weights[0], op.In[0].Data
		n, out := w.Cols(), w.Rows()
		bias := op.bias(s)
		for r := lo; r < hi; r++ {
			row := w.mustDecodeRow(r, s.floats(n))
			for t := range op.In[0].Shape[0] {
				sum := dot64(row, x[t*n:(t+1)*n])
				if bias != nil {
					sum += bias[r]
				}
				op.Out.Data[t*out+r] = float32(sum)
			}
		}
	})
}

func exactRotate(op *Op) error {
	copy(op.Out.Data, op.In[0].Data)
	return op.each(op.Out.Rows(), 64*len(op.RoPE.Freqs), func(op *Op, _ *scratch, lo, hi int) {
		heads := op.In[0].Shape[1]
		for r := lo; r < hi; r++ {
			rotate64(op.Out.Row(r), float64(op.Pos[r/heads]), op.RoPE)
		}
	})
}

// rotate64 turns one head in place.
func rotate64(x []float32, pos float64, r *RoPE) {
	for i, f := range r.Freqs {
		first, second := r.pair(i)
		sin, cos := math.Sincos(pos * f)
		a, b := float64(x[first]), float64(x[second])
		x[first] = float32((a*cos - b*sin) * r.Mag)
		x[second] = float32((a*sin + b*cos) * r.Mag)
	}
}

func exactSum(op *Op) error {
	for i, v := range op.In[0].Data {
		op.Out.Data[i] = v + op.In[1].Data[i]
	}
	return nil
}

func exactSwiGLU(op *Op) error {
	for i, g := range op.In[0].Data {
		z := float64(g)
		op.Out.Data[i] = float32(z / (1 + math.Exp(-z)) * float64(op.In[1].Data[i]))
	}
	return nil
}

func exactSoftmax(op *Op) error {
	copy(op.Out.Data, op.In[0].Data)
	for r := range op.Out.Rows() {
		softmax64(op.Out.Row(r), 1, make([]float64, op.Out.Width()))
	}
	return nil
}

// softmax64 replaces x by the softmax of scale·x; e is scratch of the same length.
func softmax64(x []float32, scale float64, e []float64) {
	m := math.Inf(-1)
	for i, v := range x {
		e[i] = float64(v) * scale
		m = max(m, e[i])
	}
	var sum float64
	for i := range x {
		e[i] = math.Exp(e[i] - m)
		sum += e[i]
	}
	for i := range x {
		x[i] = float32(e[i] / sum)
	}
}

// dot64 returns Σ a[i]·b[i] in float64, in index order. Products of float32 numbers are exact in it.
func dot64(a, b []float32) float64 {
	b = b[:len(a)]
	var s float64
	for i, v := range a {
		s += float64(v) * float64(b[i])
	}
	return s
}
