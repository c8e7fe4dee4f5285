package kernels

import (
	"testing"

	"github.com/sonde-ml/sonde/internal/hostile"
)

// eachLevel runs a benchmark at each level that can run here.
func eachLevel(b *testing.B, f func(b *testing.B, set *Set)) {
	atLevels(func(set *Set) {
		b.Run(levelName(set), func(b *testing.B) { f(b, set) })
	})
}

// eachReading does so for each way of fetching, too.
func eachReading(b *testing.B, f func(b *testing.B, set *Set)) {
	atReadings(func(set *Set, name string) {
		b.Run(name, func(b *testing.B) { f(b, set) })
	})
}

// perUnit measures f, which does n units of something, in processor time: other programs cost less of it than of time.
func perUnit(b *testing.B, n int, unit string, f func()) {
	b.ReportAllocs()
	start := hostile.ProcessorTime()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(hostile.ProcessorTime()-start)/float64(b.N)/float64(n), "cpu-ns/"+unit)
}
