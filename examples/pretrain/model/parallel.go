package model

import "sync"

// parallel calls f for parts of 0 ≤ i < n, one part per thread. What f computes for an i must not depend on the part
// in which i lies, so that results are the same for any number of threads.
func parallel(threads, n int, f func(lo, hi int)) {
	if threads <= 1 || n < 2 {
		f(0, n)
		return
	}
	var wait sync.WaitGroup
	for t := range threads {
		wait.Go(func() { f(n*t/threads, n*(t+1)/threads) })
	}
	wait.Wait()
}
