package audit

import (
	"math"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
)

// addWeights is shown all weights of a tensor, by several workers at once.
type addWeights func(worker int, values []float32)

// ranker finds weights by their rank, while a pass over all weights is made for something else.
type ranker struct {
	add    addWeights
	values func(ranks []uint64, all *kernels.Moments) ([]float64, error) // afterwards
}

const (
	// smallTensor has so few weights that to sort them is faster than to count them: vectors mostly.
	smallTensor = 1 << 14

	// A sample needs so many weights to tell enough; larger tensors have more.
	leastSample = 1 << 18
	sampleShare = 32 // of the weights, one in so many
)

// ranker returns the fastest way to find the quantiles of a tensor.
func (s *stream) ranker(parts []part) (ranker, error) {
	n := parts[0].Elements()
	if n <= smallTensor {
		return sorting(n), nil
	}
	if n >= 2*leastSample && !countedOnce(parts[0].Type) {
		d, err := s.sample(parts, max(leastSample, n/sampleShare))
		if err != nil {
			return ranker{}, err
		}
		if r, ok := s.sifting(parts, d); ok {
			return r, nil
		}
	}
	return s.counting(parts), nil
}

// sorting is for few weights, which are one part.
func sorting(n int) ranker {
	all := make([]float32, 0, n)
	add := func(_ int, values []float32) { all = append(all, values...) }
	return ranker{add, func(ranks []uint64, _ *kernels.Moments) ([]float64, error) {
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
	}}
}

// sifting keeps what lies near the quantiles of a sample, and counts the others. It is false where that is too much.
func (s *stream) sifting(parts []part, sample *kernels.Distribution) (ranker, bool) {
	var shares []float64
	for _, q := range quantiles() {
		shares = append(shares, q.q)
	}
	if !s.sieves[0].Reset(sample, shares, parts[0].Elements()) {
		return ranker{}, false
	}
	for i := range s.sieves[1:] {
		s.sieves[i+1].ResetLike(&s.sieves[0])
	}
	add := func(worker int, values []float32) { s.sieves[worker].Add(values) }
	return ranker{add, func(ranks []uint64, moments *kernels.Moments) ([]float64, error) {
		all := &s.sieves[0]
		for i := range s.sieves[1:] {
			all.Merge(&s.sieves[i+1])
		}
		if values, ok := all.Values(s.pool, ranks, moments); ok {
			return values, nil
		}
		r := s.counting(parts)
		if err := s.again(parts, r.add); err != nil {
			return nil, err
		}
		return r.values(ranks, moments)
	}}, true
}

// countedOnce reports whether a cell of a distribution holds one value of the type only, so that counting is one pass.
func countedOnce(t gguf.Type) bool { return t == gguf.F16 || t == gguf.BF16 || t == gguf.I8 }

// counting counts weights by their leading digits. Types that have more digits are read once more.
func (s *stream) counting(parts []part) ranker {
	for i := range s.distributions {
		s.distributions[i].Reset()
	}
	add := func(worker int, values []float32) { s.distributions[worker].Add(values) }
	return ranker{add, func(ranks []uint64, _ *kernels.Moments) ([]float64, error) {
		all := s.distribution()
		if countedOnce(parts[0].Type) {
			return all.Values(ranks), nil
		}
		workers := make([]*kernels.Ranks, s.pool.Threads())
		for i := range workers {
			workers[i] = all.Ranks(ranks)
		}
		if err := s.again(parts, func(worker int, values []float32) { workers[worker].Add(values) }); err != nil {
			return nil, err
		}
		workers[0].Merge(workers[1:]...)
		return workers[0].Values(), nil
	}}
}

// distribution returns what all workers counted: it is the first one's.
func (s *stream) distribution() *kernels.Distribution {
	all := &s.distributions[0]
	for i := range s.distributions[1:] { // counts only, so that their order does not matter
		all.Merge(&s.distributions[i+1])
	}
	return all
}

// again goes over the weights once more than was planned.
func (s *stream) again(parts []part, add addWeights) error {
	s.plan(int64(parts[0].Elements()))
	return s.each(parts, func(worker int, p part) error {
		return s.chunks(worker, p, func(c chunk) { add(worker, c.values) })
	})
}
