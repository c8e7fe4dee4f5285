package kernels

import (
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// BenchmarkFill unpacks panels, and BenchmarkOneToken multiplies by one token, from matrices that stay in the cache.
func BenchmarkFill(b *testing.B) {
	eachQuantised(b, panelRows, eachLevel, func(b *testing.B, set *Set, m Matrix) {
		var p panel
		var f panelFiller
		perUnit(b, m.Rows*m.Cols, "weight", func() {
			for col := 0; col < m.Cols; col += panelCols {
				set.fill(&m, &p, &f, m.Bytes[col/m.Type.BlockWeights()*m.Type.BlockBytes():], panelCols)
			}
		})
	})
}

func BenchmarkOneToken(b *testing.B) {
	eachQuantised(b, tileRows, eachReading, func(b *testing.B, set *Set, m Matrix) {
		a := Activations{set: set}
		a.Set(randomRows(m.Cols), m.Cols)
		a.across()
		p := product{m: m, a: &a, dst: make([]float32, m.Rows), scratch: make([]tileScratch, 1)}
		perUnit(b, m.Rows*m.Cols, "weight", func() { p.Range(0, 0, p.tiles()) })
	})
}

// eachQuantised runs a benchmark of all types at each level, or way of fetching, with weights as models have them: those of random bytes may
// be so small that products are subnormal, which takes processors longer.
func eachQuantised(b *testing.B, rows int, each func(*testing.B, func(*testing.B, *Set)), f func(b *testing.B, set *Set, m Matrix)) {
	const cols = 2048
	x := randomRows(rows * cols)
	imatrix := make([]float32, cols)
	for i := range imatrix {
		imatrix[i] = 1 + x[i]*x[i]
	}
	for typ := range gguf.Type(64) {
		if _, ok := quant.LayoutOf(typ); ok {
			size, _ := typ.RowBytes(cols)
			bytes := make([]byte, rows*size)
			if err := quant.Encode(typ, bytes, x, imatrix); err != nil {
				b.Fatal(err)
			}
			m, err := NewMatrix(typ, rows, cols, bytes)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(typ.String(), func(b *testing.B) {
				each(b, func(b *testing.B, set *Set) { f(b, set, m) })
			})
		}
	}
}
