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
	ranks := all.Ranks([]uint64{1 << 10, 1 << 18, 1 << 19, 3 << 18, 1<<20 - 1<<10})
	for _, part := range []struct {
		name string
		add  func(values []float32)
	}{{"moments", m.Add}, {"distribution", d.Add}, {"ranks", ranks.Add}} {
		b.Run(part.name, func(b *testing.B) {
			for b.Loop() {
				for i := 0; i < len(x); i += 4096 { // as decoded weights come, in the nearest cache
					part.add(x[i : i+4096])
				}
			}
			b.ReportMetric(float64(len(x))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mweights/s")
		})
	}
}
