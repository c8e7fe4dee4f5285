package convert

import (
	"context"
	"fmt"
	"iter"
	"runtime"

	"github.com/sonde-ml/sonde/gguf"
)

// product is the file to be: metadata, and tensors with the pieces that they are made of.
type product struct {
	path     string
	metadata []gguf.KV
	tensors  []made
	threads  int
	progress func(done, total int64)
	check    func() error // whether what was read is still what was opened; may be nil
}

// made is a tensor of the product.
type made struct {
	choice
	from   string // type of the tensor that it is made from, "" where there is none
	pieces iter.Seq[*piece]
}

// write writes the product, whole or not at all, and says what is in it.
func (p *product) write(ctx context.Context, warnings []string) (*Report, error) {
	w := gguf.Create(ctx, p.path)
	defer w.Abort()
	for _, kv := range p.metadata {
		w.Set(kv.Key, kv.Value)
	}
	for _, t := range p.tensors {
		w.Declare(t.Name, t.to, t.Shape...)
	}
	err := stream(ctx, p.goroutines(), p.pieces(), p.writer(w))
	if cause := context.Cause(ctx); cause != nil {
		return nil, fmt.Errorf("write %s: %w", p.path, cause)
	}
	if err == nil && p.check != nil {
		err = p.check()
	}
	if err != nil {
		return nil, err
	}
	if err := w.Commit(); err != nil {
		return nil, err
	}
	return newReport(p, warnings)
}

func (p *product) goroutines() int {
	const most = 1024 // more than any machine has processors
	if p.threads > 0 {
		return min(p.threads, most)
	}
	return runtime.GOMAXPROCS(0)
}

func (p *product) pieces() iter.Seq[*piece] {
	return func(yield func(*piece) bool) {
		for _, t := range p.tensors {
			for part := range t.pieces {
				if !yield(part) {
					return
				}
			}
		}
	}
}

// writer returns what writes a piece and reports the progress.
func (p *product) writer(w *gguf.Writer) func(*piece) error {
	var done, total int64
	for _, t := range p.tensors {
		total += int64(t.Elements())
	}
	return func(part *piece) error {
		if _, err := w.Write(part.data); err != nil {
			return err
		}
		if done += int64(part.weights); p.progress != nil {
			p.progress(done, total)
		}
		return nil
	}
}

// rowPieces cuts a tensor of that shape into pieces of whole rows, none of which reaches over two matrices.
func rowPieces(shape []int, make func(first, rows int) *piece) iter.Seq[*piece] {
	columns, height, all := shape[len(shape)-1], 1, 1
	for _, n := range shape[:len(shape)-1] {
		all *= n
	}
	if len(shape) > 1 {
		height = shape[len(shape)-2]
	}
	most := max(1, pieceWeights/max(1, columns))
	return func(yield func(*piece) bool) {
		for first := 0; first < all; {
			rows := min(most, height-first%height)
			if !yield(make(first, rows)) {
				return
			}
			first += rows
		}
	}
}
