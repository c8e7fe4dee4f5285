package kernels_test

import (
	"errors"
	"math"
	"sync/atomic"
	"testing"

	"github.com/sonde-ml/sonde/kernels"
)

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
			if math.Abs(float64(c.x[i])-c.want[i]) > 4.0/(1<<24) {
				t.Errorf("%s: element %d is %g, want %g", c.name, i, c.x[i], c.want[i])
			}
		}
	}
	nan := []float32{1, float32(math.NaN()), 2}
	if kernels.Softmax(nan); nan[0] == nan[0] || nan[2] == nan[2] {
		t.Errorf("softmax of a row with a NaN is %v: the NaN is lost", nan)
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

// A wake-up and a barrier: what it costs to share out work that takes no time.
func BenchmarkPool(b *testing.B) {
	p := kernels.NewPool(2)
	defer p.Close()
	s := &square{out: make([]int, 2)}
	for b.Loop() {
		p.Do(2, s)
	}
}
