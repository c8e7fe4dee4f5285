package kernels_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/sonde-ml/sonde/kernels"
)

func random(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// unit is half the distance from 1 to the next float32.
const unit = 1.0 / (1 << 24)

func TestDotIsWithinTheErrorBound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for n := range 200 {
		a, b := random(r, n), random(r, n)
		var want, magnitude float64
		for i := range a {
			p := float64(a[i]) * float64(b[i])
			want, magnitude = want+p, magnitude+math.Abs(p)
		}
		// Eight chains of n/8, three levels of sums, a tail of at most seven, and one rounding per product.
		bound := float64(n/8+11) * unit * magnitude
		if got := float64(kernels.Dot(a, b)); math.Abs(got-want) > bound {
			t.Errorf("n = %d: %g, want %g within %g", n, got, want, bound)
		}
	}
}

func TestElementwise(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 2))
	a, b, dst := random(r, 37), random(r, 37), make([]float32, 37)
	kernels.Add(dst, a, b)
	y, z := append([]float32(nil), b...), append([]float32(nil), a...)
	kernels.Axpy(0.5, a, y)
	kernels.Scale(3, z)
	glu := make([]float32, 37)
	kernels.SwiGLU(glu, a, b)
	for i := range a {
		silu := float64(a[i]) / (1 + math.Exp(-float64(a[i])))
		if dst[i] != a[i]+b[i] || y[i] != b[i]+0.5*a[i] || z[i] != 3*a[i] || relative(glu[i], silu*float64(b[i])) > 4*unit {
			t.Fatalf("element %d: add %g, axpy %g, scale %g, swiglu %g of %g and %g", i, dst[i], y[i], z[i], glu[i], a[i], b[i])
		}
	}
}

func relative(got float32, want float64) float64 { return math.Abs(float64(got)-want) / math.Abs(want) }

func TestRMSNorm(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	x, w, y := random(r, 53), random(r, 53), make([]float32, 53)
	kernels.Scale(0.001, x) // small, so that eps matters
	kernels.RMSNorm(y, x, w, 1e-5)
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	for i := range y {
		want := float64(x[i]) / math.Sqrt(sum/53+float64(float32(1e-5))) * float64(w[i])
		if relative(y[i], want) > 4*unit {
			t.Errorf("element %d: %g, want %g", i, y[i], want)
		}
	}
}

func TestSoftmax(t *testing.T) {
	for _, c := range []struct {
		name string
		x    []float32
		want []float64
	}{
		{"one", []float32{-7}, []float64{1}},
		{"equal", []float32{2, 2}, []float64{0.5, 0.5}},
		{"logarithms", []float32{float32(math.Log(1)), float32(math.Log(2)), float32(math.Log(5))}, []float64{0.125, 0.25, 0.625}},
		{"far apart", []float32{-1e30, 1e30, 0}, []float64{0, 1, 0}},
		{"hidden cells", []float32{0, float32(math.Inf(-1))}, []float64{1, 0}},
	} {
		kernels.Softmax(c.x)
		for i := range c.x {
			if math.Abs(float64(c.x[i])-c.want[i]) > 4*unit {
				t.Errorf("%s: element %d is %g, want %g", c.name, i, c.x[i], c.want[i])
			}
		}
	}
	nan := []float32{1, float32(math.NaN()), 2}
	if kernels.Softmax(nan); nan[0] == nan[0] || nan[2] == nan[2] {
		t.Errorf("softmax of a row with a NaN is %v: the NaN is lost", nan)
	}
}

func TestRoPE(t *testing.T) {
	const pos, mag = 11, 1.25
	freqs := []float64{1, 0.1, 0.013}
	for _, halves := range []bool{false, true} {
		r := rand.New(rand.NewPCG(3, 4))
		x := random(r, 8) // two entries more than are turned
		y := append([]float32(nil), x...)
		kernels.RoPE(y, pos, freqs, mag, halves)
		for i, f := range freqs {
			first, second := 2*i, 2*i+1
			if halves {
				first, second = i, i+3
			}
			z := complex(float64(x[first]), float64(x[second])) * complex(mag*math.Cos(pos*f), mag*math.Sin(pos*f))
			if math.Abs(float64(y[first])-real(z)) > 8*unit || math.Abs(float64(y[second])-imag(z)) > 8*unit {
				t.Errorf("halves %v, pair %d: (%g, %g), want %v", halves, i, y[first], y[second], z)
			}
		}
		if y[6] != x[6] || y[7] != x[7] {
			t.Errorf("halves %v: entries behind the pairs were changed", halves)
		}
	}
}

// TestAttentionRow compares the online softmax with the plain one, over lengths around its blocks.
func TestAttentionRow(t *testing.T) {
	const dim, stride, scale = 12, 30, 0.3
	r := rand.New(rand.NewPCG(3, 5))
	for _, cells := range []int{1, 2, 31, 32, 33, 64, 100, 257} {
		q, k, v := random(r, dim), random(r, cells*stride), random(r, cells*stride)
		kernels.Scale(4, q) // peaked: the maximum moves from block to block
		weights := make([]float64, cells)
		var sum float64
		for j := range weights {
			var s float64
			for i := range q {
				s += float64(q[i]) * float64(k[j*stride+i])
			}
			weights[j] = math.Exp(s * scale)
			sum += weights[j]
		}
		got := make([]float32, dim)
		kernels.AttentionRow(got, q, k, v, cells, stride, scale)
		for i := range got {
			var want float64
			for j, w := range weights {
				want += w / sum * float64(v[j*stride+i])
			}
			if math.Abs(float64(got[i])-want) > 3e-6 {
				t.Errorf("%d cells, element %d: %g, want %g", cells, i, got[i], want)
			}
		}
	}
}

// square writes i² to element i.
type square struct {
	out   []int
	calls atomic.Int32
}

func (s *square) Range(_, lo, hi int) {
	s.calls.Add(1)
	for i := lo; i < hi; i++ {
		s.out[i] += i * i
	}
}

func TestPoolComputesEachOutputOnce(t *testing.T) {
	for threads := range 6 {
		p := kernels.NewPool(threads)
		for _, n := range []int{0, 1, 2, 3, 100, 1001} {
			s := &square{out: make([]int, n)}
			if err := p.Do(n, s); err != nil {
				t.Fatal(err)
			}
			for i, v := range s.out {
				if v != i*i {
					t.Errorf("%d threads, n = %d: output %d is %d, want %d", threads, n, i, v, i*i)
				}
			}
			if got, want := int(s.calls.Load()), max(1, threads); got != want || p.Threads() != want {
				t.Errorf("%d threads: %d ranges on %d, want %d", threads, got, p.Threads(), want)
			}
		}
		p.Close()
	}
}

var errThrown = errors.New("thrown by a worker")

type thrower struct{}

func (thrower) Range(worker, _, _ int) {
	if worker == 1 {
		panic(errThrown)
	}
}

func TestPoolHandsPanicsToTheCaller(t *testing.T) {
	p := kernels.NewPool(3)
	defer p.Close()
	func() {
		defer func() {
			if v := recover(); v != errThrown {
				t.Errorf("recovered %v, want what the worker threw", v)
			}
		}()
		p.Do(10, thrower{})
	}()
	s := &square{out: make([]int, 10)}
	if err := p.Do(10, s); err != nil || s.out[9] != 81 {
		t.Errorf("the pool does not work any more after a panic: %v, %v", err, s.out)
	}
}

func BenchmarkDot(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 6))
	x, y := random(r, 4096), random(r, 4096)
	b.SetBytes(4 * 4096 * 2)
	for b.Loop() {
		kernels.Dot(x, y)
	}
}

func BenchmarkRMSNorm(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 7))
	x, w, y := random(r, 2048), random(r, 2048), make([]float32, 2048)
	b.SetBytes(4 * 2048)
	for b.Loop() {
		kernels.RMSNorm(y, x, w, 1e-5)
	}
}

func BenchmarkAttentionRow(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 8))
	q, k, v, y := random(r, 64), random(r, 1024*256), random(r, 1024*256), make([]float32, 64)
	for b.Loop() {
		kernels.AttentionRow(y, q, k, v, 1024, 256, 0.125)
	}
}

// A wake-up and a barrier: what it costs to share out work that takes no time.
func BenchmarkPool(b *testing.B) {
	p := kernels.NewPool(2)
	defer p.Close()
	s := &square{out: make([]int, 2)}
	for b.Loop() {
		p.Do(2, s)
	}
}
