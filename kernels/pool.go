package kernels

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sonde-ml/sonde/gguf"
)

// Task is work that can be cut into ranges: Range computes outputs lo ≤ i < hi.
// worker is the number of the goroutine that runs it, 0 … threads-1, for scratch memory of its own.
type Task interface{ Range(worker, lo, hi int) }

// Pool is a fixed set of workers that wait for work. Only one Do may run at a time, and starts no goroutine.
//
// Work is cut into more ranges than there are workers, who take them one by one: a worker whose processor is busy with
// something else takes fewer of them. A worker without work looks out for more for some microseconds, since the ops of a
// pass follow each other, and sleeps then. While other programs want the processors, fewer workers take part.
type Pool struct {
	workers []*worker // the first is the caller of Do
	caller  waiter
	exited  sync.WaitGroup
	crowd   crowd

	_         [64]byte // what changes apart has cache lines of its own
	task      Task
	n, ranges int
	_         [64]byte
	left      atomic.Int64 // ranges that nobody has taken
	_         [64]byte
	busy      atomic.Int64 // ranges that are not computed
	paces     paces
	_         [64]byte
}

// rangesPerThread is how many ranges there are for each worker: few enough that taking one costs nothing beside it.
const rangesPerThread = 8

// worker takes ranges of one task at a time. Its body is made a function once, so that a task allocates nothing.
type worker struct {
	pool   *Pool
	id     int
	begin  time.Time // of the pool's clock
	start  time.Duration
	taken  int64 // ranges of this task that were not counted as computed
	body   func() error
	err    error // a fault in a mapped file
	thrown any   // any other panic
	_      [64]byte
	call   atomic.Int64 // 1 when there is work, -1 when there will be none any more
	waiter waiter
	_      [64]byte
}

// NewPool starts a pool of the given number of threads, at least one, the calling one included. Those beyond GOMAXPROCS
// have no processor of their own.
func NewPool(threads int) *Pool {
	p, begin := &Pool{}, time.Now()
	threads = max(1, threads)
	spins := threads <= runtime.GOMAXPROCS(0)
	p.caller = newWaiter(spins)
	p.crowd.admitted = threads
	for id := range threads {
		w := &worker{pool: p, id: id, begin: begin, waiter: newWaiter(spins)}
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

// Do runs task over 0 ≤ i < n, cut into ranges, and waits for all. A worker may get several ranges, or none.
// The error is a fault in a mapped file; any other panic goes on in the caller. What was not begun before either is left.
func (p *Pool) Do(n int, task Task) error {
	if len(p.workers) == 1 {
		return p.alone(n, task)
	}
	workers := p.crowd.admit(p.workers[0].clock(), len(p.workers))
	if workers == 1 {
		return p.alone(n, task)
	}
	return p.do(n, min(n, rangesPerThread*workers), workers, task)
}

// alone runs the whole task in the caller.
func (p *Pool) alone(n int, task Task) error { return p.do(n, 1, 1, task) }

func (p *Pool) do(n, ranges, workers int, task Task) error {
	if n <= 0 {
		return nil
	}
	p.task, p.n, p.ranges = task, n, ranges
	for _, w := range p.workers {
		if w.err != nil || w.thrown != nil {
			w.err, w.thrown = nil, nil
		}
	}
	p.paces.reset()
	p.busy.Store(int64(ranges))
	p.left.Store(int64(ranges))
	for _, w := range p.workers[1:min(ranges, workers)] {
		w.rouse(1)
	}
	p.workers[0].work()
	p.caller.wait(&p.busy, true)
	if p.paces.isStall() {
		p.crowd.stalled(p.workers[0].clock())
	}
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

// clock is the time since the pool was made.
func (w *worker) clock() time.Duration { return time.Since(w.begin) }

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

// work takes ranges until there are none. If one fails, those that nobody has taken are dropped.
func (w *worker) work() {
	w.start = w.clock()
	failed := true
	defer func() {
		if failed {
			w.thrown = recover()
			w.taken += max(0, w.pool.left.Swap(0))
		}
		w.settle()
	}()
	if err := gguf.Guard(w.body); err != nil {
		w.err = err
		return
	}
	failed = false
}

// settle counts the ranges of this worker as computed. The task does not end before, so no other one has begun.
func (w *worker) settle() {
	if n := w.taken; n > 0 {
		w.taken = 0
		w.pool.paces.add(n, w.clock()-w.start)
		if w.pool.busy.Add(-n) == 0 {
			w.pool.caller.wake()
		}
	}
}

// take runs ranges until there are none.
func (w *worker) take() error {
	p := w.pool
	for {
		left := p.left.Load()
		if left <= 0 {
			return nil
		}
		if !p.left.CompareAndSwap(left, left-1) {
			continue
		}
		w.taken++
		i := p.ranges - int(left)
		p.task.Range(w.id, p.n*i/p.ranges, p.n*(i+1)/p.ranges)
	}
}
