package kernels

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// randomMatrix returns rows that were encoded from a spread of random numbers.
func randomMatrix(t testing.TB, typ gguf.Type, rows, cols int) Matrix {
	rnd := rand.New(rand.NewPCG(7, uint64(typ)))
	size, _ := typ.RowBytes(cols)
	x, bytes := make([]float32, cols), make([]byte, rows*size)
	for r := range rows {
		for i := range x {
			x[i] = float32(rnd.NormFloat64()) * 0.05
		}
		if r > 16 { // encoding is slow
			copy(bytes[r*size:(r+1)*size], bytes[(r-17)*size:])
			continue
		}
		if err := quant.Encode(typ, bytes[r*size:(r+1)*size], x, nil); err != nil {
			t.Fatal(err)
		}
	}
	m, err := NewMatrix(typ, rows, cols, bytes)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// randomBlocks returns rows of random bytes that are numbers of ordinary size.
func randomBlocks(t testing.TB, typ gguf.Type, rows, cols int) Matrix {
	rnd := rand.New(rand.NewPCG(3, uint64(typ)))
	size, _ := typ.RowBytes(cols)
	bytes, block := make([]byte, rows*size), typ.BlockBytes()
	x := make([]float32, typ.BlockWeights())
	for at := 0; at < len(bytes); at += block {
		for ordinary := false; !ordinary; {
			for i := range randomBytes(typ) {
				bytes[at+i] = byte(rnd.Uint32())
			}
			if err := quant.Decode(typ, x, bytes[at:at+block]); err != nil {
				t.Fatal(err)
			}
			ordinary = true
			for _, v := range x {
				ordinary = ordinary && abs(v) < 1e6
			}
		}
	}
	m, err := NewMatrix(typ, rows, cols, bytes)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// randomBytes is the number of bytes of a block that are drawn: of long integers the low ones.
func randomBytes(typ gguf.Type) int {
	if typ == gguf.I32 || typ == gguf.I64 {
		return 2
	}
	return typ.BlockBytes()
}

func randomRows(n int) []float32 {
	rnd := rand.New(rand.NewPCG(8, 9))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rnd.NormFloat64())
	}
	return x
}

func multiply(m Matrix, x []float32) []float32 { return multiplyAt(active, m, x) }

func multiplyAt(set *Set, m Matrix, x []float32) []float32 {
	dst := make([]float32, len(x)/m.Cols*m.Rows)
	if err := set.Mul(m, dst, x); err != nil {
		panic(err)
	}
	return dst
}

func TestProductIsNearFloat64(t *testing.T) {
	for _, typ := range []gguf.Type{gguf.Q4_0, gguf.Q8_0, gguf.Q4_K, gguf.Q6_K, gguf.F32, gguf.F16, gguf.BF16} {
		m := randomMatrix(t, typ, 50, 768)
		for _, tokens := range []int{1, 2, 3, 7, 13} {
			x := randomRows(tokens * m.Cols)
			got := multiply(m, x)
			w := make([]float32, m.Rows*m.Cols)
			if err := quant.Decode(typ, w, m.Bytes); err != nil {
				t.Fatal(err)
			}
			var diff, norm float64
			for i := range tokens {
				for r := range m.Rows {
					var want float64
					for c := range m.Cols {
						want += float64(w[r*m.Cols+c]) * float64(x[i*m.Cols+c])
					}
					diff += (float64(got[i*m.Rows+r]) - want) * (float64(got[i*m.Rows+r]) - want)
					norm += want * want
				}
			}
			if nmse := diff / norm; !(nmse < 2e-4) {
				t.Errorf("%v × %d tokens: NMSE %.3g", typ, tokens, nmse)
			}
		}
	}
}

func BenchmarkProduct(b *testing.B) {
	for _, typ := range []gguf.Type{gguf.Q4_0, gguf.Q8_0, gguf.Q4_K} {
		m := randomMatrix(b, typ, 5632*4, 2048)
		for _, tokens := range []int{1, 6, 128} {
			b.Run(fmt.Sprintf("%v/%d", typ, tokens), func(b *testing.B) {
				x := randomRows(tokens * m.Cols)
				var a Activations
				a.Set(x, m.Cols)
				p := product{m: m, a: &a, dst: make([]float32, a.tokens*m.Rows), scratch: make([]tileScratch, 1)}
				for b.Loop() {
					p.Range(0, 0, p.tiles())
				}
				seconds := b.Elapsed().Seconds() / float64(b.N)
				b.ReportMetric(float64(tokens*m.Rows*m.Cols)/seconds/1e9, "Gmac/s")
				b.ReportMetric(float64(len(m.Bytes))/seconds/1e9, "GB/s")
			})
		}
	}
}
