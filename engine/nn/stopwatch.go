package nn

import "time"

// Stopwatch is told how long the numerics took to compute an op. It is no hook: nothing that is computed otherwise when
// somebody looks is computed otherwise for it, so the attention stays one op. It may read op until it returns, on the
// goroutine of the pass; what a hook or a replacement does is not in the time.
type Stopwatch func(op *Op, took time.Duration)

// Watch times the ops of the passes to come, and of none for nil. It costs two looks at the clock for each.
func (r *Runner) Watch(w Stopwatch) { r.watch = w }

// computeOp computes op by the numerics, and tells the stopwatch.
func (r *Runner) computeOp(op *Op) error {
	if r.watch == nil {
		return r.numerics.compute(op)
	}
	start := time.Now()
	err := r.numerics.compute(op)
	r.watch(op, time.Since(start))
	return err
}
