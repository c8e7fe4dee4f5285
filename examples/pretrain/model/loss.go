package model

import "math"

// crossEntropy turns logits [n, vocab] into probabilities and returns −Σ log p(target), in nats.
func (r *Run[F]) crossEntropy(logits []F, targets []int32) float64 {
	vocab := r.config.Vocab
	losses := make([]float64, len(targets))
	parallel(r.threads, len(targets), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := logits[i*vocab:][:vocab]
			softmax(row, vocab, 1)
			losses[i] = -math.Log(max(float64(row[targets[i]]), 1e-30))
		}
	})
	var sum float64
	for _, l := range losses {
		sum += l
	}
	return sum
}

// crossEntropyBack turns probabilities into the gradient of the mean loss: (p − [target])/n.
func (r *Run[F]) crossEntropyBack(probs []F, targets []int32) {
	vocab := r.config.Vocab
	inv := 1 / F(len(targets))
	parallel(r.threads, len(targets), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := probs[i*vocab:][:vocab]
			row[targets[i]]--
			for j := range row {
				row[j] *= inv
			}
		}
	})
}
