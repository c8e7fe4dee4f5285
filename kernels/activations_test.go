package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// TestRoundingHasTheSameBits compares each level with the specification, over numbers of all magnitudes.
func TestRoundingHasTheSameBits(t *testing.T) {
	for _, cols := range []int{32, 64, 96, 128, 160, 288, 1024} {
		for _, tokens := range []int{1, 2, 3, 4, 6, 13} {
			x := oddNumbers(tokens*cols, 23)
			copy(x[cols-32:], make([]float32, 32)) // a block of zeros
			if tokens > 1 {
				ties := x[cols:][:32]
				for i := range ties {
					ties[i] = float32(i) - 15.5 // codes lie half between
				}
				ties[0] = 127
			}
			atLevels(func(set *Set) {
				a := Activations{set: set}
				a.Set(x, cols)
				for token := range tokens {
					want := make([]uint32, cols/blockCols*actWords)
					quantizeRowGeneric(want, 1, x[token*cols:][:cols])
					if got := a.wordsOf(token); !slices.Equal(got, want) {
						t.Errorf("%s, %d columns, token %d of %d: got %x, want %x", set.Level(), cols, token, tokens, got, want)
					}
				}
			})
		}
	}
}

// wordsOf returns the words of a token without gaps.
func (a *Activations) wordsOf(token int) []uint32 {
	var got []uint32
	for col := 0; col < a.cols; col += panelCols {
		cols := min(panelCols, a.cols-col)
		words, width := a.place(token, col, cols)
		for i := range cols / blockCols * actWords {
			got = append(got, words[i*width])
		}
	}
	return got
}

// TestRoundingKeepsNaN wants a scale of NaN in the blocks that hold something not finite, and no other.
func TestRoundingKeepsNaN(t *testing.T) {
	const cols = 7 * blockCols
	for _, odd := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat32} {
		for place := range cols {
			x := randomRows(cols)
			x[place] = float32(odd)
			atLevels(func(set *Set) {
				a := Activations{set: set}
				a.Set(x, cols)
				words := a.wordsOf(0)
				for b := range cols / blockCols {
					scale := float64(math.Float32frombits(words[b*actWords+actScale]))
					if got, want := math.IsNaN(scale), b == place/blockCols && odd != math.MaxFloat32; got != want {
						t.Errorf("%s: %v at %d makes the scale of block %d %v", set.Level(), odd, place, b, scale)
					}
				}
			})
		}
	}
}

func BenchmarkActivations(b *testing.B) {
	const cols = 2048
	for _, tokens := range []int{1, 6} {
		x := randomRows(tokens * cols)
		b.Run(fmt.Sprintf("%dtokens", tokens), func(b *testing.B) {
			eachLevel(b, func(b *testing.B, set *Set) {
				a := Activations{set: set}
				a.Set(x, cols)
				perUnit(b, tokens*cols/blockCols, "block", func() { a.quantize(x, 0, tokens) })
			})
		})
	}
}
