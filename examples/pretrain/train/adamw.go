package train

import (
	"math"

	"github.com/sonde-ml/sonde/examples/pretrain/model"
)

// adamW is Adam with decoupled weight decay: arXiv 1412.6980, 1711.05101.
type adamW struct {
	beta1, beta2, eps, decay float64
	m, v                     *model.Params[float32] // moments of the gradient and of its square
}

func newAdamW(c model.Config) *adamW {
	return &adamW{
		beta1: 0.9, beta2: 0.98, eps: 1e-8, decay: 0.1,
		m: model.NewParams[float32](c), v: model.NewParams[float32](c),
	}
}

// update takes step number n, from 1, along the gradient g, which is made zero for the next step.
func (a *adamW) update(p, g *model.Params[float32], n int, rate float64) {
	clip(g.Flat, 1)
	correct1 := 1 - math.Pow(a.beta1, float64(n))
	correct2 := 1 - math.Pow(a.beta2, float64(n))
	size, eps := float32(rate*math.Sqrt(correct2)/correct1), float32(a.eps*math.Sqrt(correct2))
	for i := range p.Tensors {
		t := &p.Tensors[i]
		keep := float32(1)
		if t.IsMatrix() {
			keep = float32(1 - rate*a.decay)
		}
		a.updateTensor(t.Data, g.Tensors[i].Data, a.m.Tensors[i].Data, a.v.Tensors[i].Data, size, eps, keep)
	}
	clear(g.Flat)
}

func (a *adamW) updateTensor(p, g, m, v []float32, size, eps, keep float32) {
	b1, b2 := float32(a.beta1), float32(a.beta2)
	for i, d := range g {
		m[i] = float32(b1*m[i]) + float32((1-b1)*d)
		v[i] = float32(b2*v[i]) + float32((1-b2)*float32(d*d))
		root := float32(math.Sqrt(float64(v[i])))
		p[i] = float32(p[i]*keep) - float32(size*m[i])/(root+eps)
	}
}

// clip scales g so that its length is at most most.
func clip(g []float32, most float64) {
	var sum float64
	for _, d := range g {
		sum += float64(d) * float64(d)
	}
	length := math.Sqrt(sum)
	if length <= most {
		return
	}
	scale := float32(most / length)
	for i := range g {
		g[i] *= scale
	}
}
