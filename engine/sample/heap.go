package sample

// before says which of two candidates is the more probable: the lower id of equals, so that there is one order only.
func before(x, y candidate) bool {
	return x.logit > y.logit || x.logit == y.logit && x.id < y.id
}

func after(x, y candidate) bool { return before(y, x) }

// heapify makes c a heap whose root comes first in the given order.
func (c candidates) heapify(first func(x, y candidate) bool) {
	for i := len(c)/2 - 1; i >= 0; i-- {
		c.down(i, first)
	}
}

// pop takes the most probable candidate out of a heap that is ordered by before.
func (c *candidates) pop() candidate {
	heap := *c
	root, last := heap[0], len(heap)-1
	heap[0] = heap[last]
	*c = heap[:last]
	c.down(0, before)
	return root
}

// down moves candidate i to its place below.
func (c candidates) down(i int, first func(x, y candidate) bool) {
	for {
		child := 2*i + 1
		if child >= len(c) {
			return
		}
		if right := child + 1; right < len(c) && first(c[right], c[child]) {
			child = right
		}
		if first(c[i], c[child]) {
			return
		}
		c[i], c[child] = c[child], c[i]
		i = child
	}
}
