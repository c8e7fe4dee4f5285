package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// tiny has no two sizes alike, and a story longer than a strip.
var tiny = Config{Vocab: 23, Dim: 24, Layers: 2, Heads: 6, KVHeads: 3, FFN: 20, Context: 64, Base: 10000, Eps: 1e-5}

func tinyBatch(r *rand.Rand) *Batch {
	b := &Batch{}
	for _, n := range []int{2, 39, 17} {
		story := make([]int32, n)
		for i := range story {
			story[i] = int32(r.IntN(tiny.Vocab))
		}
		b.Add(story)
	}
	return b
}

func TestGradientsAgreeWithFiniteDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	b := tinyBatch(r)
	p, grads := NewParams[float64](tiny), NewParams[float64](tiny)
	p.Init(3)
	for i := range p.Flat {
		p.Flat[i] += 0.2 * r.NormFloat64() // norms too
	}
	run := NewRun[float64](tiny, 2)
	run.Loss(p, b)
	run.Backward(p, grads, b)
	const step = 1e-5
	for i := range p.Tensors {
		x, g := &p.Tensors[i], grads.Tensors[i]
		for range 12 {
			j := r.IntN(len(x.Data))
			old := x.Data[j]
			x.Data[j] = old + step
			up := run.Loss(p, b)
			x.Data[j] = old - step
			down := run.Loss(p, b)
			x.Data[j] = old
			want, got := (up-down)/(2*step), g.Data[j]
			if math.Abs(got-want) > 1e-8+1e-5*math.Abs(want) {
				t.Errorf("%s[%d]: got gradient %g, want %g", x.Name, j, got, want)
			}
		}
	}
}

func TestSameBitsForAnyNumberOfThreads(t *testing.T) {
	b := tinyBatch(rand.New(rand.NewPCG(5, 6)))
	p := NewParams[float32](tiny)
	p.Init(7)
	var first *Params[float32]
	for threads := 1; threads <= 5; threads++ {
		run, grads := NewRun[float32](tiny, threads), NewParams[float32](tiny)
		run.Loss(p, b)
		run.Backward(p, grads, b)
		if first == nil {
			first = grads
		}
		for i, got := range grads.Flat {
			if want := first.Flat[i]; got != want {
				t.Fatalf("%d threads: gradient %d: got %g, want %g as with one", threads, i, got, want)
			}
		}
	}
}

func TestProductKeepsToItsSpecification(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	random := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		return x
	}
	for range 60 {
		m, n, k := 1+r.IntN(40), 1+r.IntN(90), 1+r.IntN(200)
		c, b := rows(random(m*n), n), rows(random(k*n), n)
		a := rows(random(m*k), k)
		if r.IntN(2) == 0 {
			a = matrix[float32]{a.data, 1, m}
		}
		want := make([]float32, m*n)
		for i := range m {
			for j := range n {
				s := c.data[i*n+j]
				for p := range k {
					s += float32(a.data[i*a.row+p*a.col] * b.data[p*n+j])
				}
				want[i*n+j] = s
			}
		}
		addProduct(c, a, b, m, n, k)
		for i := range want {
			if got := c.data[i]; got != want[i] {
				t.Fatalf("m %d, n %d, k %d: element %d: got %g, want %g", m, n, k, i, got, want[i])
			}
		}
	}
}

func TestExponentials(t *testing.T) {
	var x []float32
	for v := float32(-90); v < 88; v += 0.0137 {
		x = append(x, v)
	}
	got := slices.Clone(x)
	expAll(got)
	for i, v := range x {
		want := math.Exp(float64(v))
		if v <= expLeast {
			want = 0
		}
		if math.Abs(float64(got[i])-want) > 2e-7*want {
			t.Fatalf("exp(%g): got %g, want %g", v, got[i], want)
		}
		if one := exp32(v); got[i] != one {
			t.Fatalf("exp(%g): got %g among others, %g alone", v, got[i], one)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	c := Config{Vocab: 512, Dim: 128, Layers: 5, Heads: 8, KVHeads: 4, FFN: 352, Context: 512, Base: 10000, Eps: 1e-5}
	r := rand.New(rand.NewPCG(1, 2))
	batch := &Batch{}
	for range 8 {
		story := make([]int32, 257)
		for i := range story {
			story[i] = int32(r.IntN(c.Vocab))
		}
		batch.Add(story)
	}
	p, grads, run := NewParams[float32](c), NewParams[float32](c), NewRun[float32](c, 2)
	p.Init(1)
	for b.Loop() {
		run.Loss(p, batch)
		run.Backward(p, grads, batch)
	}
	b.ReportMetric(float64(len(batch.Inputs)*b.N)/b.Elapsed().Seconds(), "tokens/s")
}
