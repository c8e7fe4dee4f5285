package audit

import (
	"context"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/hostile"
)

func BenchmarkStats(b *testing.B) {
	const rows, cols = 2048, 4096
	row := gaussian(1, 64*cols, 0.02)
	for _, t := range []gguf.Type{gguf.F32, gguf.F16, gguf.Q8_0, gguf.Q4_K} {
		b.Run(t.String(), func(b *testing.B) {
			block := encoded(b, "w.weight", t, []int{64, cols}, row)
			f := written(b, nil, tensor{"w.weight", t, []int{rows, cols}, slices.Repeat(block.data, rows/64)})
			start := hostile.ProcessorTime()
			for b.Loop() {
				if _, err := Stats(context.Background(), f, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			weights := float64(rows*cols) * float64(b.N)
			b.ReportMetric(weights/b.Elapsed().Seconds()/1e6, "Mweights/s")
			b.ReportMetric(float64(hostile.ProcessorTime()-start)/weights, "cpu-ns/weight")
		})
	}
}
