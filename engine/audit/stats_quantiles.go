package audit

import (
	"math"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
)

// quantiles are those of the statistics, ascending.
func quantiles() []struct {
	name string
	q    float64
} {
	return []struct {
		name string
		q    float64
	}{{"0.01", 0.01}, {"0.05", 0.05}, {"0.25", 0.25}, {"0.5", 0.5}, {"0.75", 0.75}, {"0.95", 0.95}, {"0.99", 0.99}}
}

// passes is how often the weights of a tensor are read.
func passes(t *gguf.Tensor) int {
	switch t.Type {
	case gguf.F16, gguf.BF16, gguf.I8: // a cell of the distribution holds one of their values only
		if !isSmall(t) {
			return 1
		}
	}
	return 2
}

// isSmall reports whether t has so few weights that to sort them is faster than to count them: vectors mostly.
func isSmall(t *gguf.Tensor) bool { return t.Elements() <= 1<<14 }

// quantileRanks returns the ranks of the two weights next to each quantile of n.
func quantileRanks(n uint64) []uint64 {
	var ranks []uint64
	for _, q := range quantiles() {
		low := uint64(position(q.q, n))
		ranks = append(ranks, low, min(low+1, max(n, 1)-1))
	}
	return ranks
}

// position is where a quantile lies among n sorted weights: between whole numbers if it is between two weights.
func position(q float64, n uint64) float64 { return q * float64(max(n, 1)-1) }

// namedQuantiles computes the quantiles from the weights next to them.
func namedQuantiles(at []float64, n uint64) map[string]Number {
	named := map[string]Number{}
	for i, q := range quantiles() {
		_, share := math.Modf(position(q.q, n))
		low, high := at[2*i], at[2*i+1]
		named[q.name] = Number(low + share*(high-low))
	}
	return named
}

// ranked returns the weights of these ranks, in a second pass for types that need one.
func (s *stream) ranked(parts []part, d *kernels.Distribution, ranks []uint64) ([]float64, error) {
	switch t := parts[0].Tensor; {
	case isSmall(t):
		return s.rankedBySorting(parts, ranks)
	case passes(t) == 1:
		return d.Values(ranks), nil
	}
	workers := make([]*kernels.Ranks, s.pool.Threads())
	err := s.each(parts, func(worker int, p part) error {
		if workers[worker] == nil {
			workers[worker] = d.Ranks(ranks)
		}
		return s.chunks(worker, p, func(c chunk) { workers[worker].Add(c.values) })
	})
	if err != nil {
		return nil, err
	}
	return mergeRanks(workers, len(ranks)), nil
}

func mergeRanks(workers []*kernels.Ranks, n int) []float64 {
	workers = slices.DeleteFunc(workers, func(r *kernels.Ranks) bool { return r == nil }) // got no part
	for _, r := range workers[1:] {
		workers[0].Merge(r)
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = workers[0].Value(i)
	}
	return values
}

// rankedBySorting is for few weights, which are one part.
func (s *stream) rankedBySorting(parts []part, ranks []uint64) ([]float64, error) {
	all := make([]float32, 0, parts[0].Elements())
	err := s.each(parts, func(worker int, p part) error {
		return s.chunks(worker, p, func(c chunk) { all = append(all, c.values...) })
	})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) })
	slices.Sort(all)
	values := make([]float64, len(ranks))
	for i, rank := range ranks {
		values[i] = math.NaN()
		if rank < uint64(len(all)) {
			values[i] = float64(all[rank])
		}
	}
	return values, nil
}
