package convert

import (
	"context"
	"iter"
	"slices"
	"sync"
)

// pieceWeights is about how many weights are made at a time: enough to pass a piece on seldom, few enough for the
// numbers to stay in the cache of a core.
const pieceWeights = 1 << 17

// piece is a run of bytes of the file to be, within one tensor, that one goroutine makes.
type piece struct {
	weights int
	make    func(s *scratch) error // fills s.out

	data  []byte
	err   error
	ready chan struct{} // closed when data and err are there
}

// scratch is the memory of a goroutine.
type scratch struct {
	out  []byte    // of the piece
	x    []float32 // its weights
	back []float32 // and what became of them
}

// bytes returns n bytes of out, to be filled.
func (s *scratch) bytes(n int) []byte {
	s.out = slices.Grow(s.out[:0], n)[:n]
	return s.out
}

// floats returns n numbers of *buf, to be filled.
func floats(buf *[]float32, n int) []float32 {
	*buf = slices.Grow((*buf)[:0], n)[:n]
	return *buf
}

// stream makes the pieces on that many goroutines and hands them to write in order. No more than a few pieces are in
// memory at a time. It ends when all are written, at the first error, or with ctx; no goroutine outlives it.
func stream(ctx context.Context, threads int, pieces iter.Seq[*piece], write func(*piece) error) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()

	inOrder, todo := make(chan *piece, 2*threads), make(chan *piece)
	var buffers sync.Pool
	running.Go(func() { deal(ctx, pieces, inOrder, todo) })
	for range threads {
		running.Go(func() { work(todo, &buffers) })
	}
	for p := range inOrder {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.ready:
		}
		if p.err != nil {
			return p.err
		}
		if err := write(p); err != nil {
			return err
		}
		buffers.Put(&p.data)
	}
	return ctx.Err()
}

// deal gives each piece to the writer, who waits for it, and then to a worker.
func deal(ctx context.Context, pieces iter.Seq[*piece], inOrder, todo chan<- *piece) {
	defer close(todo)
	defer close(inOrder)
	for p := range pieces {
		p.ready = make(chan struct{})
		for _, to := range []chan<- *piece{inOrder, todo} {
			select {
			case <-ctx.Done():
				return
			case to <- p:
			}
		}
	}
}

func work(todo <-chan *piece, buffers *sync.Pool) {
	var s scratch
	for p := range todo {
		if old, ok := buffers.Get().(*[]byte); ok {
			s.out = *old
		}
		p.err = p.make(&s)
		p.data, s.out = s.out, nil
		close(p.ready)
	}
}
