package convert_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/sonde-ml/sonde/engine/convert"
)

// BenchmarkQuantize reads F32, writes the file and all: what sonde quantize does.
func BenchmarkQuantize(b *testing.B) {
	for typ, rows := range map[string]int{"q8_0": 8192, "q4_0": 8192, "f16": 8192, "q4_k": 1024, "q6_k": 1024} {
		b.Run(typ, func(b *testing.B) {
			in := open(b, writeModel(b, map[string][]int{"blk.0.ffn_up.weight": {rows, 4096}}))
			path := filepath.Join(b.TempDir(), "m.gguf")
			for b.Loop() {
				if _, err := convert.Quantize(context.Background(), in, path, convert.QuantizeOptions{Type: typ}); err != nil {
					b.Fatal(err)
				}
			}
			report(b, rows*4096)
		})
	}
}

func BenchmarkSynth(b *testing.B) {
	for _, typ := range []string{"q8_0", "f16", "q4_k", "iq2_xxs"} {
		b.Run(typ, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "m.gguf")
			for b.Loop() {
				if _, err := convert.Synth(context.Background(), path, convert.SynthOptions{Like: "smollm2-135m", Type: typ}); err != nil {
					b.Fatal(err)
				}
			}
			report(b, 134_515_008)
		})
	}
}

func report(b *testing.B, weights int) {
	b.ReportMetric(float64(weights)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mweights/s")
}
