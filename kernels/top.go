package kernels

// ArgMax returns the index of the largest element of x, the lowest of equal ones; -1 for none. NaN is passed over.
func ArgMax(x []float32) int { return active.ArgMax(x) }

// ArgMax is the function [ArgMax] at this level.
func (s *Set) ArgMax(x []float32) int {
	best := -1
	for i, v := range x {
		if v == v {
			best = i
			break
		}
	}
	if best < 0 {
		return -1
	}
	for i := best; i < len(x); i = s.above(x, i, x[best]) {
		best = i
	}
	return best
}

// above returns the index of the first element of x, from i on, that is more than least; len(x) if there is none.
func (s *Set) above(x []float32, i int, least float32) int {
	for i < len(x) {
		n := min(longest, len(x)-i)
		at := s.rows.above(x[i:i+n], least)
		i += at
		if at < n {
			break
		}
	}
	return i
}

// TopK writes the indices of the len(ids) largest elements of x to ids, best first, and returns ids, cut to len(x). Of
// equal elements the lower index is better, and NaN is worse than any number.
func TopK(ids []int32, x []float32) []int32 { return active.TopK(ids, x) }

// TopK is the function [TopK] at this level.
func (s *Set) TopK(ids []int32, x []float32) []int32 {
	ids = ids[:min(len(ids), len(x))]
	if len(ids) == 0 {
		return ids
	}
	for i := range ids {
		insert(ids[:i+1], x, int32(i))
	}
	worst := len(ids) - 1
	for i := len(ids); i < len(x); i++ {
		if least := x[ids[worst]]; least == least {
			if i = s.above(x, i, least); i == len(x) {
				break
			}
		}
		if better(x[i], x[ids[worst]]) {
			insert(ids, x, int32(i))
		}
	}
	return ids
}

// insert puts id in its place in ids, which are sorted but for the last one, which is overwritten. It is the highest id.
func insert(ids []int32, x []float32, id int32) {
	i := len(ids) - 1
	for ; i > 0 && better(x[id], x[ids[i-1]]); i-- {
		ids[i] = ids[i-1]
	}
	ids[i] = id
}

func better(a, b float32) bool { return a > b || b != b && a == a }
