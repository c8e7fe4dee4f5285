package kernels

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkTally(b *testing.B) {
	r, x := rand.New(rand.NewPCG(1, 2)), make([]float32, 1<<20)
	for i := range x {
		x[i] = float32(r.NormFloat64() * 0.02)
	}
	var all Tally
	all.Add(x)
	var m Moments
	var d Distribution
	var sieve Sieve
	shares := []float64{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99}
	sift := func(values []float32) {
		if len(sieve.kept) > len(x)/8 {
			sieve.clear()
		}
		sieve.Add(values)
	}
	sieve.Reset(&all.Distribution, shares, len(x))
	squares := make([]float64, 4096)
	ranks := all.Ranks([]uint64{1 << 10, 1 << 18, 1 << 19, 3 << 18, 1<<20 - 1<<10})
	for _, part := range []struct {
		name string
		add  func(values []float32)
	}{{"moments", m.Add}, {"distribution", d.Add}, {"ranks", ranks.Add}, {"sieve", sift},
		{"squares", func(values []float32) { AddSquares(squares, values) }},
		{"finite squares", func(values []float32) { AddFiniteSquares(squares, values) }},
	} {
		b.Run(part.name, func(b *testing.B) {
			perUnit(b, len(x), "weight", func() {
				for i := 0; i < len(x); i += 4096 { // as decoded weights come, in the nearest cache
					part.add(x[i : i+4096])
				}
			})
		})
	}
}
