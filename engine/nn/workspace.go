package nn

import "github.com/sonde-ml/sonde/kernels"

// workspace is what the ops of one session share while they compute: threads and scratch memory.
type workspace struct {
	pool    *kernels.Pool
	scratch []scratch // one per worker
	task    opTask

	attender *kernels.Attender
	angles   angles
	products *kernels.Multiplier
	input    *float32 // what products has as its input, nil for none
	tokens   int
	experts  expertGroups
	moments  []kernels.Moments
}

// scratch is memory of one worker.
type scratch struct {
	f32 []float32
	f64 []float64
	odd bool // a number that is not finite was seen
}

func newWorkspace(threads int) *workspace {
	pool := kernels.NewPool(threads)
	return &workspace{pool: pool, scratch: make([]scratch, pool.Threads()), attender: kernels.NewAttender(pool),
		products: kernels.NewMultiplier(pool)}
}

func (w *workspace) close() { w.pool.Close() }

// withWorkspace calls f with op, which gets a workspace of its own if it is run alone.
func (op *Op) withWorkspace(f Func) error {
	if op.work != nil {
		return f(op)
	}
	alone := *op
	alone.work = newWorkspace(1)
	defer alone.work.close()
	return f(&alone)
}

// floats returns scratch memory for n numbers, of any content.
func (s *scratch) floats(n int) []float32 {
	if cap(s.f32) < n {
		s.f32 = make([]float32, n)
	}
	return s.f32[:n]
}

// doubles returns scratch memory for n numbers, of any content.
func (s *scratch) doubles(n int) []float64 {
	if cap(s.f64) < n {
		s.f64 = make([]float64, n)
	}
	return s.f64[:n]
}

// rangeFunc computes outputs lo ≤ i < hi of op.
type rangeFunc func(op *Op, s *scratch, lo, hi int)

type opTask struct {
	op   *Op
	work *workspace
	f    rangeFunc
}

func (t *opTask) Range(worker, lo, hi int) { t.f(t.op, &t.work.scratch[worker], lo, hi) }

// worthSharing is the number of multiply-adds from which waking the other workers pays.
const worthSharing = 1 << 15

// each computes n outputs that cost multiply-adds each, by all threads of the session when that pays.
// f must be a plain function, since a closure would be allocated at every op.
func (op *Op) each(n, cost int, f rangeFunc) error {
	if op.work == nil {
		var s scratch
		f(op, &s, 0, n)
		return nil
	}
	if n*cost < worthSharing || op.work.pool.Threads() == 1 {
		f(op, &op.work.scratch[0], 0, n)
		return nil
	}
	t := &op.work.task
	*t = opTask{op, op.work, f}
	return op.work.pool.Do(n, t)
}

// multiplier returns what multiplies the input of op by matrices. Ops that follow each other and read the same input
// share its rounding.
func (op *Op) multiplier() *kernels.Multiplier {
	x := op.In[0]
	if w := op.work; w.input != &x.Data[0] || w.tokens != x.Shape[0] {
		w.input, w.tokens = &x.Data[0], x.Shape[0]
		w.products.SetInput(x.Data, x.Len()/x.Shape[0])
	}
	return op.work.products
}

// forget makes the next product look at its input anew, since op may have written where it lies. The products and
// rotations between attn_norm and attn_v, or ffn_norm and ffn_up, write elsewhere.
func (w *workspace) forget(op *Op) {
	if w != nil && op.Kind != MatMul && op.Kind != Rotate {
		w.input = nil
	}
}
