package model

// Next returns the most probable token behind each position of ids: what greedy decoding would choose there.
func (r *Run[F]) Next(p *Params[F], ids []int32) []int32 {
	vocab := r.config.Vocab
	logits := r.Logits(p, &Batch{Inputs: ids, Ends: []int{len(ids)}})
	next := make([]int32, len(ids))
	for i := range next {
		next[i] = argmax(logits[i*vocab:][:vocab])
	}
	return next
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
