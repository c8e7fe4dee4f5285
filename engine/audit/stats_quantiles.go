package audit

import "math"

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
