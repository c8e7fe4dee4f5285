package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// Options say how the weights of a file are gone through. The zero value is fine.
type Options struct {
	Threads int                    // 0: one per processor; no result depends on it
	Only    func(name string) bool // tensors to look at; nil: all

	// Progress is told how many weights were read, of how many: more than before, where some must be read again. Calls
	// never overlap.
	Progress func(done, total int64)
}

// chosen returns the tensors to look at.
func (o Options) chosen(f *gguf.File) []*gguf.Tensor {
	var list []*gguf.Tensor
	for _, t := range f.Tensors() {
		if o.Only == nil || o.Only(t.Name) {
			list = append(list, t)
		}
	}
	return list
}

const (
	// chunkWeights are decoded at a time: whole blocks of every type, and little enough to stay in the nearest cache.
	chunkWeights = 4096

	// A tensor is cut into at most mostParts, of at least leastPart weights if it has as many. What is found in each is
	// put together in their order, so that sums do not depend on who computed which.
	mostParts = 64
	leastPart = 1 << 17
)

// stream goes through the weights of tensors, several parts of one at a time.
type stream struct {
	ctx     context.Context
	pool    *kernels.Pool
	buffers [][]float32 // one for each worker, and a second one for comparisons

	distributions []kernels.Distribution // one for each worker, as are sieves: memory of the pass over a tensor
	sieves        []kernels.Sieve
	scales        []scaleScratch       // one for each worker, too
	squares       [mostParts][]float64 // of the columns, one for each part

	*progress
}

// progress is how far all workers are.
type progress struct {
	mu          sync.Mutex
	tell        func(done, total int64)
	done, total int64
}

func newStream(ctx context.Context, opt Options, total int64) *stream {
	threads := opt.Threads
	if threads < 1 {
		threads = runtime.GOMAXPROCS(0)
	}
	threads = min(threads, mostParts) // others would have nothing to do
	return newStreamOf(ctx, threads, &progress{tell: opt.Progress, total: total})
}

func newStreamOf(ctx context.Context, threads int, p *progress) *stream {
	s := &stream{
		ctx: ctx, pool: kernels.NewPool(threads), progress: p,
		distributions: make([]kernels.Distribution, threads), sieves: make([]kernels.Sieve, threads),
		scales: make([]scaleScratch, threads),
	}
	for range 2 * threads {
		s.buffers = append(s.buffers, make([]float32, chunkWeights))
	}
	return s
}

func (s *stream) close() { s.pool.Close() }

// reading runs work, which reads the files. If they changed meanwhile, what it found is about no file that there ever was.
func reading(work func() error, files ...*gguf.File) error {
	if err := gguf.Guard(work); err != nil {
		return err
	}
	var errs []error
	for _, f := range files {
		errs = append(errs, f.Rewritten())
	}
	return errors.Join(errs...)
}

// part is a range of whole rows of a tensor.
type part struct {
	*gguf.Tensor
	format    *quant.Format
	index     int
	row, rows int
}

// cut cuts a tensor into parts, always the same ones.
func cut(t *gguf.Tensor) ([]part, error) {
	format, err := quant.Of(t.Type)
	if err != nil {
		return nil, err
	}
	if t.Size() == 0 { // its shape is wrong: the file was opened to see what can be read
		return nil, &gguf.Error{File: t.Path(), Kind: gguf.ErrBadDims, Tensor: t.Name, Seen: fmt.Sprint(t.Shape), Offset: -1}
	}
	if n := int64(len(t.Bytes())); n != t.Size() {
		return nil, &gguf.Error{File: t.Path(), Kind: gguf.ErrTruncated, Tensor: t.Name, Field: "data",
			Seen: fmt.Sprintf("has %d bytes", n), Expected: fmt.Sprintf("%d bytes", t.Size()), Offset: t.Offset}
	}
	rows := t.Rows()
	n := max(1, min(mostParts, rows, t.Elements()/leastPart))
	parts := make([]part, n)
	for i := range parts {
		first := rows * i / n
		parts[i] = part{t, format, i, first, rows*(i+1)/n - first}
	}
	return parts, nil
}

// each does work for every part, on all workers. It ends at the first error, or when the context does.
func (s *stream) each(parts []part, work func(worker int, p part) error) error {
	return s.run(newJob(len(parts), func(worker, i int) error {
		p := parts[i]
		err := work(worker, p)
		s.advance(int64(p.rows) * int64(p.RowLen()))
		return err
	}))
}

// eachTensor does work for every tensor, number i of the list, by the stream that it is given. Workers have tensors of
// their own, so that they need not wait for each other behind every one; only what would keep one of them busy when the
// others have nothing left is shared.
func (s *stream) eachTensor(tensors []*gguf.Tensor, work func(s *stream, i int) error) error {
	threads := s.pool.Threads()
	var own []int
	for i, t := range tensors {
		if threads > 1 && int64(t.Elements()) <= s.total/int64(4*threads) {
			own = append(own, i)
		} else if err := work(s, i); err != nil {
			return err
		}
	}
	if len(own) == 0 {
		return nil
	}
	streams := make([]*stream, threads)
	for i := range streams {
		streams[i] = newStreamOf(s.ctx, 1, s.progress)
		defer streams[i].close()
	}
	slices.SortStableFunc(own, func(a, b int) int { return cmp.Compare(tensors[b].Elements(), tensors[a].Elements()) })
	return s.run(newJob(len(own), func(worker, i int) error { return work(streams[worker], own[i]) }))
}

// run does a job on all workers, and returns the first of its errors, in the order of its pieces.
func (s *stream) run(j *job) error {
	if err := s.pool.Do(s.pool.Threads(), j); err != nil {
		return err
	}
	for _, err := range j.errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// job hands out n pieces of work, one by one: some processors have other work, too.
type job struct {
	n    int
	next atomic.Int64
	errs []error
	work func(worker, i int) error
}

func newJob(n int, work func(worker, i int) error) *job {
	return &job{n: n, errs: make([]error, n), work: work}
}

// Range takes pieces until none is left: whoever is called again finds none.
func (j *job) Range(worker, _, _ int) {
	for {
		i := int(j.next.Add(1)) - 1
		if i >= j.n {
			return
		}
		if j.errs[i] = j.work(worker, i); j.errs[i] != nil {
			j.next.Store(int64(j.n)) // the others end, too
		}
	}
}

// chunk is some weights of a part, decoded.
type chunk struct {
	at     int // of the first, counted in the tensor
	values []float32
	raw    []byte // the blocks they lie in
}

// decode decodes the weights from at on, counted in the tensor, and returns the blocks they lie in.
func (p part) decode(dst []float32, at int) (raw []byte, err error) {
	width, size := p.Type.BlockWeights(), p.Type.BlockBytes()
	bytes := p.Bytes()[at/width*size:]
	raw = bytes[:len(dst)/width*size]
	kernels.Prefetch(bytes[len(raw):min(2*len(raw), len(bytes))])
	return raw, p.format.Decode(dst, raw)
}

// chunks decodes a part, chunk by chunk.
func (s *stream) chunks(worker int, p part, visit func(c chunk)) error {
	end := (p.row + p.rows) * p.RowLen()
	for at := p.row * p.RowLen(); at < end; at += chunkWeights {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		values := s.buffers[worker][:min(chunkWeights, end-at)]
		raw, err := p.decode(values, at)
		if err != nil {
			return err
		}
		visit(chunk{at, values, raw})
	}
	return nil
}

// after returns the blocks of the chunk before and those of this one, which follow them in the file.
func (c chunk) after(blocks []byte) []byte {
	if blocks == nil {
		return c.raw
	}
	return blocks[:len(blocks)+len(c.raw)]
}

// rows calls visit for every row, or piece of one, that a chunk has: its row, its first column and its weights.
func (c chunk) rows(rowLen int, visit func(row, col int, values []float32)) {
	values, row, col := c.values, c.at/rowLen, c.at%rowLen
	for len(values) > 0 {
		n := min(rowLen-col, len(values))
		visit(row, col, values[:n])
		values, row, col = values[n:], row+1, 0
	}
}

// plan adds to the weights that will be read.
func (p *progress) plan(weights int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += weights
}

func (p *progress) advance(weights int64) {
	if p.tell == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += weights
	p.tell(p.done, p.total)
}

func totalWeights(tensors []*gguf.Tensor) (n int64) {
	for _, t := range tensors {
		n += int64(t.Elements())
	}
	return n
}
