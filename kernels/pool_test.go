package kernels_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/sonde-ml/sonde/internal/hostile"
	"github.com/sonde-ml/sonde/kernels"
)

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

// TestPoolComputesEachOutputOnce has pools with fewer and with more threads than there are processors, and so many tasks
// in a row that workers are found awake, falling asleep and asleep.
func TestPoolComputesEachOutputOnce(t *testing.T) {
	for threads := range 6 {
		p := kernels.NewPool(threads)
		for i := range 3000 {
			n := []int{0, 1, 2, 3, 100, 1001}[i%6]
			s := &square{out: make([]int, n)}
			if err := p.Do(n, s); err != nil {
				t.Fatal(err)
			}
			for i, v := range s.out {
				if v != i*i {
					t.Fatalf("%d threads, n = %d: output %d is %d, want %d", threads, n, i, v, i*i)
				}
			}
			if got := int(s.calls.Load()); got > n || p.Threads() != max(1, threads) {
				t.Fatalf("%d threads: %d ranges of %d outputs on %d threads", threads, got, n, p.Threads())
			}
		}
		p.Close()
		p.Close()
	}
}

// numbers notes which worker got an output.
type numbers struct{ worker []int }

func (n *numbers) Range(worker, lo, hi int) {
	for i := lo; i < hi; i++ {
		n.worker[i] = worker
	}
}

func TestPoolNumbersItsWorkers(t *testing.T) {
	p := kernels.NewPool(3)
	defer p.Close()
	n := &numbers{make([]int, 100)}
	for range 100 {
		p.Do(len(n.worker), n)
		for i, w := range n.worker {
			if w < 0 || w >= 3 {
				t.Fatalf("output %d was computed by worker %d of 3", i, w)
			}
		}
	}
}

func TestPoolAllocatesNothing(t *testing.T) {
	p := kernels.NewPool(2)
	defer p.Close()
	s := &square{out: make([]int, 100)}
	if n := testing.AllocsPerRun(100, func() { p.Do(100, s) }); n > 0 {
		t.Errorf("a task allocates %v times, want 0", n)
	}
}

func TestPoolLeavesNoGoroutine(t *testing.T) {
	for range 10 {
		p := kernels.NewPool(4)
		p.Do(10, &square{out: make([]int, 10)})
		p.Close()
	}
	for _, stack := range hostile.Goroutines("github.com/sonde-ml/sonde/kernels") {
		t.Errorf("a goroutine is left:\n%s", stack)
	}
}

var errThrown = errors.New("thrown by a worker")

// thrower panics at one output.
type thrower struct{ at int }

func (t thrower) Range(_, lo, hi int) {
	if lo <= t.at && t.at < hi {
		panic(errThrown)
	}
}

func TestPoolHandsPanicsToTheCaller(t *testing.T) {
	for _, threads := range []int{1, 2, 5} {
		p := kernels.NewPool(threads)
		for i := range 300 {
			func() {
				defer func() {
					if v := recover(); v != errThrown {
						t.Errorf("recovered %v, want what a worker threw", v)
					}
				}()
				p.Do(100, thrower{i % 100})
			}()
			s := &square{out: make([]int, 10)}
			if err := p.Do(10, s); err != nil || s.out[9] != 81 {
				t.Fatalf("the pool does not work any more after a panic: %v, %v", err, s.out)
			}
		}
		p.Close()
	}
}

// A wake-up and a barrier: what it costs to share out work that takes no time.
func BenchmarkPool(b *testing.B) {
	p := kernels.NewPool(2)
	defer p.Close()
	s := &square{out: make([]int, 2)}
	b.ReportAllocs()
	for b.Loop() {
		p.Do(2, s)
	}
}
