package kernels

import (
	"sync"

	"github.com/sonde-ml/sonde/gguf"
)

// Task is work that can be cut into ranges: Range computes outputs lo ≤ i < hi.
// worker is the number of the goroutine that runs it, 0 … threads-1, for scratch memory of its own.
type Task interface{ Range(worker, lo, hi int) }

// Pool is a fixed set of workers that wait for work. Only one Do may run at a time.
type Pool struct {
	workers []*worker // the first is the caller of Do
	done    sync.WaitGroup
}

// worker runs one range at a time. Its body is made a function once, so that a job allocates nothing.
type worker struct {
	id     int
	task   Task
	lo, hi int
	wake   chan struct{}
	body   func() error
	err    error // a fault in a mapped file
	thrown any   // any other panic
}

// NewPool starts a pool of the given number of threads, at least one, the calling one included.
func NewPool(threads int) *Pool {
	p := &Pool{}
	for id := range max(1, threads) {
		w := &worker{id: id, wake: make(chan struct{})}
		w.body = w.run
		p.workers = append(p.workers, w)
		if id > 0 {
			go w.loop(&p.done)
		}
	}
	return p
}

// Threads returns the number of workers, the caller included.
func (p *Pool) Threads() int { return len(p.workers) }

// Do runs task over 0 ≤ i < n, cut into one contiguous range per worker, and waits for all.
// The error is a fault in a mapped file; any other panic goes on in the caller.
func (p *Pool) Do(n int, task Task) error {
	threads := len(p.workers)
	p.done.Add(threads - 1)
	for i, w := range p.workers {
		w.task, w.lo, w.hi = task, n*i/threads, n*(i+1)/threads
		if i > 0 {
			w.wake <- struct{}{}
		}
	}
	p.workers[0].work()
	p.done.Wait()
	return p.result()
}

// alone runs the whole task in the caller.
func (p *Pool) alone(n int, task Task) error {
	w := p.workers[0]
	w.task, w.lo, w.hi = task, 0, n
	w.work()
	if w.thrown != nil {
		panic(w.thrown)
	}
	return w.err
}

// Close ends the workers. The pool must not be used afterwards.
func (p *Pool) Close() {
	for _, w := range p.workers[1:] {
		close(w.wake)
	}
	p.workers = p.workers[:1]
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

func (w *worker) loop(done *sync.WaitGroup) {
	for range w.wake {
		w.work()
		done.Done()
	}
}

func (w *worker) work() {
	w.err, w.thrown = nil, nil
	defer func() { w.thrown = recover() }()
	w.err = gguf.Guard(w.body)
}

func (w *worker) run() error {
	w.task.Range(w.id, w.lo, w.hi)
	return nil
}
