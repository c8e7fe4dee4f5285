package model

// Greedy appends the most probable token to prompt until it is end, or n tokens were appended. It runs the whole text
// again for each token: simple, and so a check of engines that do not.
func (r *Run[F]) Greedy(p *Params[F], prompt []int32, n int, end int32) []int32 {
	ids := append([]int32(nil), prompt...)
	vocab := r.config.Vocab
	for range min(n, r.config.Context-len(prompt)) {
		logits := r.Logits(p, &Batch{Inputs: ids, Ends: []int{len(ids)}})
		next := argmax(logits[(len(ids)-1)*vocab:][:vocab])
		if next == end {
			break
		}
		ids = append(ids, next)
	}
	return ids
}

// argmax returns the first of the greatest.
func argmax[F Float](x []F) int32 {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return int32(best)
}
