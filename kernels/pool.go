package kernels

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/sonde-ml/sonde/gguf"
)

// Task is work that can be cut into ranges: Range computes outputs lo ≤ i < hi.
// worker is the number of the goroutine that runs it, 0 … threads-1, for scratch memory of its own.
type Task interface{ Range(worker, lo, hi int) }

// Pool is a fixed set of workers that wait for work. Only one Do may run at a time, and starts no goroutine.
//
// Each worker has its own part of a task, and goes through it from the front, range after range, since what comes next
// has been asked for ahead of time. Whoever is done takes from the end of what others have left, so one whose processor
// is busy with something else does less. A worker without work looks out for more for some microseconds, since the ops of a
// pass follow each other, and sleeps then. A program that is always busy costs no more than the time it takes: see
// BenchmarkPoolBesideOthers.
type Pool struct {
	workers []*worker // the first is the caller of Do
	caller  waiter
	exited  sync.WaitGroup

	_       [64]byte // what changes apart has cache lines of its own
	running atomic.Bool
	task    Task
	_       [64]byte
	busy    atomic.Int64 // outputs that are not computed
	_       [64]byte
}

// worker takes ranges of one task at a time. Its body is made a function once, so that a task allocates nothing.
type worker struct {
	pool   *Pool
	id     int
	taken  int64 // outputs of this task that were not counted as computed
	body   func() error
	err    error // a fault in a mapped file
	thrown any   // any other panic
	_      [64]byte
	stock  stock // what nobody has taken of this worker's part
	_      [64]byte
	call   atomic.Int64 // 1 when there is work, -1 when there will be none any more
	waiter waiter
	_      [64]byte
}

// NewPool starts a pool of the given number of threads, at least one, the calling one included. Those beyond GOMAXPROCS
// have no processor of their own.
func NewPool(threads int) *Pool {
	p := &Pool{}
	threads = max(1, threads)
	spins := threads <= runtime.GOMAXPROCS(0)
	p.caller = newWaiter(spins)
	for id := range threads {
		w := &worker{pool: p, id: id, waiter: newWaiter(spins)}
		w.body = w.take
		p.workers = append(p.workers, w)
		if id > 0 {
			p.exited.Go(w.loop)
		}
	}
	return p
}

// Threads returns the number of workers, the caller included.
func (p *Pool) Threads() int { return len(p.workers) }

// Do runs task over 0 ≤ i < n and waits for all. A worker may get several ranges, or none.
// It panics where the pool is at work: called by a task, or by another goroutine.
// The error is a fault in a mapped file; any other panic goes on in the caller. What was not begun before either is left.
func (p *Pool) Do(n int, task Task) error {
	return p.do(n, min(n, len(p.workers)), task)
}

// alone runs a task that is not worth waking anybody for.
func (p *Pool) alone(n int, task Task) error { return p.do(n, 1, task) }

func (p *Pool) do(n, workers int, task Task) error {
	if n <= 0 {
		return nil
	}
	if uint64(n) > math.MaxUint32 {
		panic("kernels: a task of so many outputs")
	}
	if !p.running.CompareAndSwap(false, true) {
		panic("kernels: Do of a pool that is at work: a task must not call it, and goroutines need pools of their own")
	}
	defer p.running.Store(false)
	p.task = task
	for _, w := range p.workers {
		if w.err != nil || w.thrown != nil {
			w.err, w.thrown = nil, nil
		}
	}
	p.busy.Store(int64(n))
	for i, w := range p.workers[:workers] {
		w.stock.set(n*i/workers, n*(i+1)/workers)
	}
	for _, w := range p.workers[1:workers] {
		w.rouse(1)
	}
	p.workers[0].work()
	p.caller.wait(&p.busy, true)
	return p.result()
}

func (p *Pool) result() error {
	for _, w := range p.workers {
		if w.thrown != nil {
			panic(w.thrown)
		}
	}
	for _, w := range p.workers {
		if w.err != nil {
			return w.err
		}
	}
	return nil
}

// Close ends the workers. The pool must not be used afterwards, but may be closed again.
func (p *Pool) Close() {
	for _, w := range p.workers[1:] {
		w.rouse(-1)
	}
	p.exited.Wait()
	p.workers = p.workers[:1]
}

// rouse tells a worker that there is work, or that there will be none.
func (w *worker) rouse(call int64) {
	w.call.Store(call)
	w.waiter.wake()
}

func (w *worker) loop() {
	for {
		w.waiter.wait(&w.call, false)
		if w.call.Swap(0) < 0 {
			return
		}
		w.work()
	}
}

// work takes ranges until nothing is left. If one fails, what nobody has taken is dropped.
func (w *worker) work() {
	failed := true
	defer func() {
		if failed {
			w.thrown = recover()
			if w.thrown == nil && w.err == nil {
				w.thrown = "kernels: a task ended the goroutine of its worker"
			}
			for _, o := range w.pool.workers {
				lo, hi := o.stock.takeAll()
				w.taken += int64(hi - lo)
			}
		}
		w.settle()
	}()
	if err := gguf.Guard(w.body); err != nil {
		w.err = err
		return
	}
	failed = false
}

// settle counts what this worker took as computed. The task does not end before, so no other one has begun.
func (w *worker) settle() {
	if n := w.taken; n > 0 {
		w.taken = 0
		if w.pool.busy.Add(-n) == 0 {
			w.pool.caller.wake()
		}
	}
}

// take runs ranges until nothing is left.
func (w *worker) take() error {
	for {
		lo, hi := w.stock.takeFront()
		if lo == hi {
			lo, hi = w.steal()
		}
		if lo == hi {
			return nil
		}
		w.taken += int64(hi - lo)
		w.pool.task.Range(w.id, lo, hi)
	}
}

// steal takes what another worker has left. It is not put into this one's stock, which the next task may be filling.
func (w *worker) steal() (lo, hi int) {
	for i := 1; i < len(w.pool.workers) && lo == hi; i++ {
		lo, hi = w.pool.workers[(w.id+i)%len(w.pool.workers)].stock.takeBack()
	}
	return lo, hi
}

// stock is a range of outputs that several goroutines take from: its beginning above its end.
type stock struct{ atomic.Uint64 }

func (s *stock) set(lo, hi int) { s.Store(uint64(lo)<<32 | uint64(hi)) }

func bounds(s uint64) (lo, hi int) { return int(s >> 32), int(s & math.MaxUint32) }

// takeFront takes a quarter, but at least one.
func (s *stock) takeFront() (lo, hi int) {
	for {
		was := s.Load()
		lo, hi = bounds(was)
		if lo == hi {
			return 0, 0
		}
		next := lo + (hi-lo+3)/4
		if s.CompareAndSwap(was, uint64(next)<<32|uint64(hi)) {
			return lo, next
		}
	}
}

// takeBack takes half, but at least one.
func (s *stock) takeBack() (lo, hi int) {
	for {
		was := s.Load()
		lo, hi = bounds(was)
		if lo == hi {
			return 0, 0
		}
		end := lo + (hi-lo)/2
		if s.CompareAndSwap(was, uint64(lo)<<32|uint64(end)) {
			return end, hi
		}
	}
}

func (s *stock) takeAll() (lo, hi int) { return bounds(s.Swap(0)) }
