package audit

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
)

// Difference is what [Diff] found. Its JSON is that of sonde diff.
type Difference struct {
	KV      []KVDiff     `json:"kv"`      // in the order of the first file, then what only the second has
	Tensors []TensorDiff `json:"tensors"` // the same
	Equal   int          `json:"equal"`   // tensors that are the same, bit for bit
}

// Any reports whether the files differ in anything but the order and the place of what is in them.
func (d *Difference) Any() bool { return len(d.KV) > 0 || len(d.Tensors) > 0 }

// Status says what became of a tensor.
type Status string

// From the first file to the second.
const (
	Added    Status = "added"
	Removed  Status = "removed"
	Retyped  Status = "retyped"  // the values are compared as they decode
	Reshaped Status = "reshaped" // the values are not compared
	Changed  Status = "changed"  // other bytes of the same type and shape
)

// TensorDiff is a tensor that differs. The errors are those of B's values against A's; they are nil where there is nothing
// to compare.
type TensorDiff struct {
	Name   string  `json:"name"`
	Status Status  `json:"status"`
	A      *Form   `json:"a"` // nil where the file has no such tensor
	B      *Form   `json:"b"`
	NMSE   *Number `json:"nmse"` // Σ(b−a)²/Σa²
	Cos    *Number `json:"cos"`
	MaxAbs *Number `json:"max_abs"`
}

// Form is what a tensor is, besides its values.
type Form struct {
	Type  string `json:"type"`
	Shape []int  `json:"shape"` // outermost first
}

// Diff compares two files: metadata, tensors by their names, and values as they decode. It streams, and takes little
// memory. Where a tensor has a number that is not finite on one side only, its errors are NaN.
func Diff(ctx context.Context, a, b *gguf.File, opt Options) (*Difference, error) {
	d := &Difference{KV: []KVDiff{}, Tensors: []TensorDiff{}}
	tensors := opt.chosen(a)
	s := newStream(ctx, opt, totalWeights(tensors))
	defer s.close()
	err := reading(func() error {
		d.KV = append(d.KV, diffKeys(a, b)...)
		for _, t := range tensors {
			other, _ := b.Tensor(t.Name)
			if err := s.diff(d, t, other); err != nil {
				return err
			}
		}
		for _, t := range opt.chosen(b) {
			if _, both := a.Tensor(t.Name); !both {
				d.Tensors = append(d.Tensors, TensorDiff{Name: t.Name, Status: Added, B: formOf(t)})
			}
		}
		return nil
	}, a, b)
	return d, err
}

// diff adds what became of tensor a. b is nil where it is gone.
func (s *stream) diff(d *Difference, a, b *gguf.Tensor) error {
	if b == nil {
		d.Tensors = append(d.Tensors, TensorDiff{Name: a.Name, Status: Removed, A: formOf(a)})
		s.advance(int64(a.Elements()))
		return nil
	}
	found := TensorDiff{Name: a.Name, Status: Changed, A: formOf(a), B: formOf(b)}
	if !slices.Equal(a.Shape, b.Shape) {
		found.Status = Reshaped
		d.Tensors = append(d.Tensors, found)
		s.advance(int64(a.Elements()))
		return nil
	}
	partsA, errA := cut(a)
	partsB, errB := cut(b) // into the same rows
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	if a.Type != b.Type {
		found.Status = Retyped
	} else if bytes.Equal(a.Bytes(), b.Bytes()) {
		d.Equal++
		s.advance(int64(a.Elements()))
		return s.ctx.Err()
	}
	sum, err := s.compare(partsA, partsB)
	if err != nil {
		return err
	}
	nmse, cos, largest := Number(sum.NMSE()), Number(sum.Cos()), Number(sum.MaxAbs())
	found.NMSE, found.Cos, found.MaxAbs = &nmse, &cos, &largest
	d.Tensors = append(d.Tensors, found)
	return nil
}

func formOf(t *gguf.Tensor) *Form { return &Form{t.Type.String(), append([]int{}, t.Shape...)} }

// compare compares the values of two tensors of one shape.
func (s *stream) compare(parts, others []part) (sum kernels.Difference, err error) {
	sums := make([]kernels.Difference, len(parts))
	err = s.each(parts, func(worker int, p part) error {
		return s.comparePart(worker, p, others[p.index], &sums[p.index])
	})
	for i := range sums {
		sum.Merge(&sums[i])
	}
	return sum, err
}

func (s *stream) comparePart(worker int, a, b part, sum *kernels.Difference) error {
	buffer := s.buffers[s.pool.Threads()+worker]
	var failed error
	err := s.chunks(worker, a, func(c chunk) {
		got := buffer[:len(c.values)]
		if _, err := b.decode(got, c.at); err != nil {
			failed = err
		}
		sum.Add(c.values, got)
	})
	return errors.Join(err, failed)
}
