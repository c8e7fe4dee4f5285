package sample

import (
	"math"
	"slices"
)

// candidate is a token that may still be chosen.
type candidate struct {
	logit float32
	id    int32
}

// candidates are in the order of their ids until top-k or top-p puts the most probable first. The order decides which
// token a random number hits, so it is llama.cpp's.
type candidates []candidate

// filter returns what top-k, top-p and min-p leave of the finite logits: at least one.
func (s *Sampler) filter(logits []float32) candidates {
	s.all = s.all[:0]
	for i, l := range logits {
		if d := l - l; d == 0 { // neither NaN nor infinite
			s.all = append(s.all, candidate{l, int32(i)})
		}
	}
	return s.minP(s.topP(s.topK(s.all)))
}

// topK keeps the k greatest, most probable first. A heap with the worst of them at its root meets each of the others
// with one comparison.
func (s *Sampler) topK(c candidates) candidates {
	k := min(s.options.TopK, len(c))
	if k <= 0 {
		return c
	}
	kept := c[:k]
	kept.heapify(after)
	for _, x := range c[k:] {
		if before(x, kept[0]) {
			kept[0] = x
			kept.down(0, after)
		}
	}
	slices.SortFunc(kept, func(x, y candidate) int {
		if before(x, y) {
			return -1
		}
		return 1
	})
	return kept
}

// topP keeps the shortest prefix, most probable first, whose float32 sum of probabilities reaches p.
func (s *Sampler) topP(c candidates) candidates {
	if s.options.TopP >= 1 {
		return c
	}
	total, greatest := c.sum(), c.max()
	c.heapify(before) // a few candidates are wanted of many: popping them costs less than a sort
	s.nucleus = s.nucleus[:0]
	for running := float32(0); len(c) > 0; {
		x := c.pop()
		s.nucleus = append(s.nucleus, x)
		if running += exp(x.logit-greatest) / total; running >= s.options.TopP {
			break
		}
	}
	return s.nucleus
}

// minP keeps the candidates whose logit is at least the greatest plus ln p: p times as probable as the best.
func (s *Sampler) minP(c candidates) candidates {
	if s.options.MinP <= 0 {
		return c
	}
	top := c.max()
	least := min(top, top+float32(math.Log(float64(s.options.MinP))))
	kept := c[:0]
	for _, x := range c {
		if x.logit >= least {
			kept = append(kept, x)
		}
	}
	return kept
}

// sum returns the float32 sum of exp(logit - max), in the order of c.
func (c candidates) sum() float32 {
	top := c.max()
	var sum float32
	for _, x := range c {
		sum += exp(x.logit - top)
	}
	return sum
}

func (c candidates) max() float32 {
	top := c[0].logit
	for _, x := range c[1:] {
		top = max(top, x.logit)
	}
	return top
}

// best returns the id of the greatest logit, the lowest of equals.
func (c candidates) best() int32 {
	best := c[0]
	for _, x := range c[1:] {
		if before(x, best) {
			best = x
		}
	}
	return best.id
}
