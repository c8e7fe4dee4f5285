package quant

import (
	"math/rand/v2"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

func BenchmarkDecode(b *testing.B) {
	for typ := range gguf.Type(len(formats)) {
		if formats[typ].decode == nil {
			continue
		}
		b.Run(typ.String(), func(b *testing.B) {
			const n = 1 << 16
			bytes, _ := typ.RowBytes(n)
			src, dst := randomBytes(bytes), make([]float32, n)
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				if err := Decode(typ, dst, src); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gweights/s")
		})
	}
}

func randomBytes(n int) []byte {
	r, b := rand.New(rand.NewPCG(1, 2)), make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}
