package kernels

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// floatMatrix returns a matrix of random numbers, and what they are in float32.
func floatMatrix(t testing.TB, typ gguf.Type, rows, cols int) (Matrix, []float32) {
	t.Helper()
	w := oddNumbers(rows*cols+16, 8)[16:]
	for i, v := range w {
		w[i] = float32(math.Remainder(float64(v), 4)) // what an F16 can hold
	}
	size, ok := typ.RowBytes(cols)
	if !ok {
		t.Fatalf("%v has no rows of %d", typ, cols)
	}
	data := make([]byte, rows*size)
	if err := quant.Encode(typ, data, w, nil); err != nil {
		t.Fatal(err)
	}
	if err := quant.Decode(typ, w, data); err != nil {
		t.Fatal(err)
	}
	m, err := NewMatrix(typ, rows, cols, data)
	if err != nil {
		t.Fatal(err)
	}
	return m, w
}

// TestFloatsTimesManyTokensAreNearFloat64 multiplies matrices of all shapes: with rows and columns that fill no panel, and
// with one that fills several bands.
func TestFloatsTimesManyTokensAreNearFloat64(t *testing.T) {
	for _, typ := range []gguf.Type{gguf.F32, gguf.F16, gguf.BF16, gguf.F64} {
		for _, shape := range [][2]int{{1, 1}, {31, 5}, {33, 127}, {70, 128}, {16, 131}, {32, 288}, {300, 64}, {257, 520}, {48, 512}} {
			rows, cols := shape[0], shape[1]
			m, w := floatMatrix(t, typ, rows, cols)
			for _, tokens := range []int{floatPanelFrom, floatPanelFrom + 5, 61, 64} {
				x := randomRows(tokens * cols)
				atLevels(func(set *Set) {
					got := multiplyAt(set, m, x)
					for i, v := range got {
						row, token := w[i%rows*cols:][:cols], x[i/rows*cols:][:cols]
						var want, size float64
						for j := range row {
							want += float64(row[j]) * float64(token[j])
							size += math.Abs(float64(row[j]) * float64(token[j]))
						}
						if off := math.Abs(float64(v) - want); !(off <= float64(max(cols/8+10, cols/256+258))*0x1p-24*size) {
							t.Fatalf("%s: %v [%d, %d], %d tokens: output %d is %g, want %g", set.Level(), typ, rows, cols, tokens, i, v, want)
						}
					}
				})
			}
		}
	}
}

// TestFloatsTimesATokenMayNotDependOnTheOthers wants the bits of single tokens where that is asked for, and those of all
// kernels to be the same. (Plain Go adds in another order.)
func TestFloatsTimesATokenMayNotDependOnTheOthers(t *testing.T) {
	const rows, cols, tokens = 45, 288, 2*floatPanelFrom + 1
	for _, typ := range []gguf.Type{gguf.F32, gguf.F16, gguf.BF16} {
		m, _ := floatMatrix(t, typ, rows, cols)
		x := randomRows(tokens * cols)
		var first []float32
		atReadings(func(set *Set, name string) {
			pool := NewPool(2)
			defer pool.Close()
			p := set.NewMultiplier(pool)
			p.BatchInvariant = true
			product := func(x []float32) []float32 {
				dst := make([]float32, len(x)/cols*rows)
				p.SetInput(x, cols)
				if err := p.Product(dst, m); err != nil {
					t.Fatal(err)
				}
				return dst
			}
			all := product(x)
			for i := range tokens {
				if want := product(x[i*cols:][:cols]); !slices.Equal(all[i*rows:][:rows], want) {
					t.Errorf("%s: %v × token %d has other bits alone", name, typ, i)
				}
			}
			if first == nil && set.registerLanes() > 0 {
				first = all
			}
			if first != nil && !slices.Equal(all, first) {
				t.Errorf("%s: %v has other bits than with the first kernels", name, typ)
			}
		})
	}
}

// BenchmarkFloatPanels compares both orders of products of floats.
func BenchmarkFloatPanels(b *testing.B) {
	const rows, cols, tokens = 512, 2048, 128
	x, dst := randomRows(tokens*cols), make([]float32, tokens*rows)
	for _, typ := range []gguf.Type{gguf.F32, gguf.F16} {
		m, _ := floatMatrix(b, typ, rows, cols)
		for _, invariant := range []bool{false, true} {
			b.Run(fmt.Sprintf("%v/invariant=%v", typ, invariant), func(b *testing.B) {
				eachLevel(b, func(b *testing.B, set *Set) {
					pool := NewPool(1)
					defer pool.Close()
					p := set.NewMultiplier(pool)
					p.BatchInvariant = invariant
					perUnit(b, rows*cols*tokens, "muladd", func() {
						p.SetInput(x, cols)
						if err := p.Product(dst, m); err != nil {
							b.Fatal(err)
						}
					})
				})
			})
		}
	}
}

// BenchmarkFloatsOneToken multiplies a matrix that no cache holds, which shows what ways of fetching are for.
func BenchmarkFloatsOneToken(b *testing.B) {
	const rows, cols = 4 * 5632, 2048
	x, dst := randomRows(cols), make([]float32, rows)
	for _, typ := range []gguf.Type{gguf.F32, gguf.F16, gguf.BF16} {
		m, _ := floatMatrix(b, typ, rows, cols)
		b.Run(typ.String(), func(b *testing.B) {
			eachReading(b, func(b *testing.B, set *Set) {
				pool := NewPool(1)
				defer pool.Close()
				p := set.NewMultiplier(pool)
				p.SetInput(x, cols)
				for b.Loop() {
					if err := p.Product(dst, m); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(m.Bytes))*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
			})
		})
	}
}

// TestFloatsLeaveNothingForTheNextMatrix multiplies by NaNs, and then with the same memory by rows that fill no whole steps.
func TestFloatsLeaveNothingForTheNextMatrix(t *testing.T) {
	nan := []byte{0xff, 0x7f}
	for _, typ := range []gguf.Type{gguf.F32, gguf.F16, gguf.BF16} {
		spoilt, err := NewMatrix(typ, 4, 80, bytes.Repeat(nan, 4*80*typ.BlockBytes()/2))
		if err != nil {
			t.Fatal(err)
		}
		m, _ := floatMatrix(t, typ, 4, 45)
		for _, tokens := range []int{1, floatFewest, floatPanelFrom + 1} {
			x := randomRows(tokens * 45)
			atReadings(func(set *Set, name string) {
				pool := NewPool(1)
				defer pool.Close()
				p := set.NewMultiplier(pool)
				p.BatchInvariant = tokens <= floatFewest
				dst := make([]float32, tokens*4)
				p.SetInput(nans(tokens*80), 80)
				if err := p.Product(dst, spoilt); err != nil {
					t.Fatal(err)
				}
				p.SetInput(x, 45)
				if err := p.Product(dst, m); err != nil {
					t.Fatal(err)
				}
				for i, v := range dst {
					if v != v {
						t.Fatalf("%s: %v, %d tokens: output %d is NaN", name, typ, tokens, i)
					}
				}
			})
		}
	}
}

func nans(n int) []float32 { return slices.Repeat([]float32{float32(math.NaN())}, n) }
