package audit

import (
	"context"
	"math"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
)

// TensorStats are the statistics of one tensor's weights. NaN and infinities are counted and otherwise left out:
// without a finite weight, the numbers are NaN.
type TensorStats struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Shape []int  `json:"shape"` // outermost first
	Count int64  `json:"count"` // of all weights

	Min  Number `json:"min"`
	Max  Number `json:"max"`
	Mean Number `json:"mean"`
	Std  Number `json:"std"` // the weights being the population
	RMS  Number `json:"rms"`

	// Quantiles are exact, and lie on the line between the two weights next to them, by the names "0.01", "0.05", "0.25",
	// "0.5", "0.75", "0.95" and "0.99".
	Quantiles map[string]Number `json:"quantiles"`

	Zeros int64 `json:"zeros"`
	NaN   int64 `json:"nan"`
	Inf   int64 `json:"inf"` // of either sign

	Channels *Channels             `json:"outlier_channels,omitempty"` // of matrices only
	Scales   map[string]ScaleStats `json:"scales,omitempty"`           // of quantised types only, by the name of the field
}

// Stats computes statistics of the tensors of f, in the order of the file. Weights are taken as float32, as they decode.
//
// The file is streamed: beside the result each thread takes some megabytes, a few numbers for each column of the widest of
// its tensors, and a few percent of the weights of the largest. Weights are read once; more often only where a sample does not tell
// where the quantiles lie.
func Stats(ctx context.Context, f *gguf.File, opt Options) ([]TensorStats, error) {
	tensors := opt.chosen(f)
	s := newStream(ctx, opt, totalWeights(tensors))
	defer s.close()
	list := make([]TensorStats, len(tensors))
	err := reading(func() error {
		return s.eachTensor(tensors, func(s *stream, i int) error {
			stats, err := s.stats(tensors[i])
			if err == nil {
				list[i] = *stats
			}
			return err
		})
	}, f)
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (s *stream) stats(t *gguf.Tensor) (*TensorStats, error) {
	parts, err := cut(t)
	if err != nil {
		return nil, err
	}
	r, err := s.ranker(parts)
	if err != nil {
		return nil, err
	}
	fields := scaleFields(parts[0].format)
	sum, err := s.sum(parts, fields, r.add)
	if err != nil {
		return nil, err
	}
	m := &sum.moments
	stats := &TensorStats{
		Name: t.Name, Type: t.Type.String(), Shape: append([]int{}, t.Shape...), Count: int64(m.Count()),
		Min: least(m), Max: greatest(m), Mean: Number(m.Mean()), Std: Number(m.Std()), RMS: Number(m.RMS()),
		Zeros: int64(m.Zeros()), NaN: int64(m.NaN()), Inf: int64(m.Inf()),
		Channels: sum.channels(t), Scales: sum.scaleStats(fields),
	}
	at, err := r.values(quantileRanks(m.Finite()), m)
	if err != nil {
		return nil, err
	}
	stats.Quantiles = namedQuantiles(at, m.Finite())
	return stats, nil
}

func least(m *kernels.Moments) Number {
	if m.Finite() == 0 {
		return Number(math.NaN())
	}
	return Number(m.Min())
}

func greatest(m *kernels.Moments) Number {
	if m.Finite() == 0 {
		return Number(math.NaN())
	}
	return Number(m.Max())
}

// sums are what one pass over the weights of a tensor, or of a part of it, gives.
type sums struct {
	moments kernels.Moments
	squares []float64 // Σx² of each column; nil for vectors
	scales  []scaleSums
}

// sum makes the pass over all weights, which are shown to add, too.
func (s *stream) sum(parts []part, fields []scaleField, add addWeights) (*sums, error) {
	ofParts := make([]sums, len(parts))
	err := s.each(parts, func(worker int, p part) error { return s.sumPart(worker, p, &ofParts[p.index], fields, add) })
	if err != nil {
		return nil, err
	}
	all := &ofParts[0]
	for i := range ofParts[1:] {
		all.merge(&ofParts[i+1])
	}
	return all, nil
}

func (s *stream) sumPart(worker int, p part, sum *sums, fields []scaleField, add addWeights) error {
	sum.scales = make([]scaleSums, len(fields))
	if isMatrix(p.Tensor) {
		sum.squares = s.columns(p)
	}
	var blocks []byte // whose scales are not added yet
	addScales := func() {
		for i := range fields {
			sum.scales[i].add(&fields[i], blocks, &s.scales[worker])
		}
		blocks = nil
	}
	err := s.chunks(worker, p, func(c chunk) {
		odd := sum.moments.NonFinite()
		sum.moments.Add(c.values)
		add(worker, c.values)
		if sum.squares != nil {
			sum.addSquares(c, p.RowLen(), odd == sum.moments.NonFinite())
		}
		if blocks = c.after(blocks); len(blocks) >= scaleBytes {
			addScales()
		}
	})
	addScales()
	return err
}

// scaleBytes is how many bytes of blocks are gone through for their scales at a time: a vector takes many numbers.
const scaleBytes = 64 << 10

// columns returns a zero for each column of a tensor: memory that the part of the next tensor takes, too.
func (s *stream) columns(p part) []float64 {
	if cap(s.squares[p.index]) < p.RowLen() {
		s.squares[p.index] = make([]float64, p.RowLen())
	}
	squares := s.squares[p.index][:p.RowLen()]
	clear(squares)
	return squares
}

// addSquares adds to the squares of the columns. What is all finite takes less time.
func (a *sums) addSquares(c chunk, rowLen int, finite bool) {
	add := kernels.AddSquares
	if finite {
		add = kernels.AddFiniteSquares
	}
	c.rows(rowLen, func(_, col int, values []float32) { add(a.squares[col:], values) })
}

func (a *sums) merge(b *sums) {
	a.moments.Merge(&b.moments)
	for i, v := range b.squares {
		a.squares[i] += v
	}
	for i := range b.scales {
		a.scales[i].merge(&b.scales[i])
	}
}

// isMatrix reports whether t has several rows and several columns.
func isMatrix(t *gguf.Tensor) bool { return t.Rows() > 1 && t.RowLen() > 1 }
