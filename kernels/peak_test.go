package kernels_test

import (
	"testing"

	"github.com/sonde-ml/sonde/kernels"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// levels are those that can be used here.
func levels() (list []cpu.Level) {
	for _, level := range cpu.All() {
		if cpu.Check(level) == nil {
			list = append(list, level)
		}
	}
	return list
}

func TestPeaksCountWhatTheyDo(t *testing.T) {
	for _, level := range levels() {
		p := kernels.NewPeak(level)
		for name, loop := range map[string]func(int) int64{"Bytes": p.Bytes, "Floats": p.Floats, "Cycles": p.Cycles} {
			one, seven := loop(1), loop(7)
			if seven != 7*one || one < 0 || one == 0 && name != "Cycles" {
				t.Errorf("%s at %s: 1 round counts %d, 7 rounds %d", name, level, one, seven)
			}
		}
		for _, streams := range []int{0, 1, 2, 3, 4, 8, 100} {
			b := make([]byte, 1<<20+777)
			got := p.Read(b, streams, streams%4 == 0)
			if least := int64(len(b) - max(1, streams)*256 - 777); got < least || got > int64(len(b)) {
				t.Errorf("Read at %s, %d streams: %d bytes of %d", level, streams, got, len(b))
			}
		}
	}
}

func BenchmarkPeak(b *testing.B) {
	for _, level := range levels() {
		p := kernels.NewPeak(level)
		for name, loop := range map[string]func(int) int64{"Bytes": p.Bytes, "Floats": p.Floats} {
			b.Run(name+"/"+string(level), func(b *testing.B) {
				var n int64
				for b.Loop() {
					n += loop(1000)
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e9, "GMAC/s")
			})
		}
	}
}
