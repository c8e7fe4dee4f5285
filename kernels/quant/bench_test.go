package quant

import (
	"math/rand/v2"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

func BenchmarkDecode(b *testing.B) {
	const n = 1 << 16
	x := gaussians(n)
	eachBenchmark(b, func(b *testing.B, f *Format) {
		src, dst := make([]byte, n/f.Type.BlockWeights()*f.Type.BlockBytes()), make([]float32, n)
		if err := f.Encode(src, x, ones(n)); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(src)))
		b.ReportAllocs()
		for b.Loop() {
			if err := Decode(f.Type, dst, src); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gweights/s")
	})
}

// BenchmarkUnpack has the blocks of BenchmarkDecode.
func BenchmarkUnpack(b *testing.B) {
	const n = 1 << 16
	x := gaussians(n)
	eachBenchmark(b, func(b *testing.B, f *Format) {
		if f.unpack == nil {
			b.Skip("no codes")
		}
		src := make([]byte, n/f.Type.BlockWeights()*f.Type.BlockBytes())
		if err := f.Encode(src, x, ones(n)); err != nil {
			b.Fatal(err)
		}
		codes, scales, mins := unpackBuffers(f.layout, n)
		b.SetBytes(int64(len(src)))
		b.ReportAllocs()
		for b.Loop() {
			if err := Unpack(f.Type, codes, scales, mins, src); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gweights/s")
	})
}

func BenchmarkEncode(b *testing.B) {
	const n = 1 << 12
	x := gaussians(n)
	eachBenchmark(b, func(b *testing.B, f *Format) {
		dst := make([]byte, n/f.Type.BlockWeights()*f.Type.BlockBytes())
		imatrix := imatrixFor(f, n)
		if err := f.Encode(dst, x, imatrix); err != nil { // makes the lattice, which is not measured
			b.Fatal(err)
		}
		for b.Loop() {
			f.Encode(dst, x, imatrix)
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mweights/s")
	})
}

// eachBenchmark runs f for every type that a file can hold.
func eachBenchmark(b *testing.B, f func(b *testing.B, format *Format)) {
	for t := range gguf.Type(len(formats)) {
		if t.Valid() {
			b.Run(t.String(), func(b *testing.B) { f(b, mustOf(b, t)) })
		}
	}
}

// gaussians returns numbers of the spread that weights have.
func gaussians(n int) []float32 {
	r, x := rand.New(rand.NewPCG(1, 2)), make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64() * 0.02)
	}
	return x
}

func imatrixFor(f *Format, n int) []float32 {
	if f.Importance != Required {
		return nil
	}
	return ones(n)
}

func ones(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

func randomBytes(n int) []byte {
	r, b := rand.New(rand.NewPCG(1, 2)), make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func BenchmarkLattice(b *testing.B) {
	for b.Loop() {
		newLattice(iq1sPoints[:], 8, 3, 3)
	}
}
