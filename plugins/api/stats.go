package api

import (
	"fmt"
	"math"
	"slices"

	"github.com/sonde-ml/sonde/kernels"
)

// Sum returns the sum of x, taken in float64.
func Sum(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v)
	}
	return sum
}

// Mean returns the mean of x, NaN for no numbers.
func Mean(x []float32) float64 { return Sum(x) / float64(len(x)) }

// RMS returns the root of the mean square of x, NaN for no numbers.
func RMS(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(x)))
}

// Max returns the largest element of x, −Inf for none. NaN is passed over.
func Max(x []float32) float32 { return kernels.Max(x) }

// Min returns the smallest element of x, +Inf for none. NaN is passed over.
func Min(x []float32) float32 {
	m := float32(math.Inf(1))
	for _, v := range x {
		if v < m {
			m = v
		}
	}
	return m
}

// ArgMax returns the index of the largest element of x, the lowest of equal ones; -1 for none. NaN is passed over.
func ArgMax(x []float32) int {
	best := -1
	for i, v := range x {
		if v == v && (best < 0 || v > x[best]) {
			best = i
		}
	}
	return best
}

// TopK returns the indices of the k largest elements of x, best first; of equal ones the lower index is better, and
// NaN is worse than any number. k may be larger than len(x), which gives all; a negative k panics.
func TopK(x []float32, k int) []int {
	if k < 0 {
		panic(fmt.Errorf("api.TopK: k is %d, want 0 or more", k))
	}
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return descending(x[i], x[j]) })
	return order[:min(k, len(order))]
}

func descending(a, b float32) int {
	switch {
	case a > b || b != b && a == a:
		return -1
	case a < b || a != a && b == b:
		return 1
	}
	return 0
}

// Histogram counts the elements of x in bins of equal width over [low, high]. What is outside, or NaN, is not
// counted; high itself is in the last bin. It panics unless bins is at least 1 and low < high, both finite.
func Histogram(x []float32, low, high float32, bins int) []int {
	width := float64(high) - float64(low)
	if bins < 1 || !(width > 0) || math.IsInf(width, 0) {
		panic(fmt.Errorf("api.Histogram: %d bins over [%g, %g], want at least 1 over a finite range that is not empty", bins, low, high))
	}
	counts := make([]int, bins)
	perUnit := float64(bins) / width
	for _, v := range x {
		if v >= low && v <= high {
			counts[min(bins-1, int((float64(v)-float64(low))*perUnit))]++
		}
	}
	return counts
}
