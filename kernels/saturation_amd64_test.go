//go:build amd64 && !purego

package kernels

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// filledBlocks returns random blocks of which most bytes are replaced by one, but for those that would make numbers odd.
func filledBlocks(t *testing.T, typ gguf.Type, rows, cols int, fill byte) Matrix {
	rnd := rand.New(rand.NewPCG(5, uint64(typ)))
	m := randomBlocks(t, typ, rows, cols)
	x := make([]float32, typ.BlockWeights())
	for block := range slices.Chunk(m.Bytes, typ.BlockBytes()) {
		for i, b := range block {
			if rnd.IntN(8) == 0 {
				continue
			}
			block[i] = fill
			if err := quant.Decode(typ, x, block); err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(x, func(v float32) bool { return !(abs(v) < 1e6) }) {
				block[i] = b
			}
		}
	}
	return m
}

// TestLargestProductsDoNotSaturate multiplies large codes by activations that are all of the largest magnitude: AVX2 adds
// their products in 16 bits.
func TestLargestProductsDoNotSaturate(t *testing.T) {
	for typ := range gguf.Type(64) {
		if _, ok := quant.LayoutOf(typ); !ok {
			continue
		}
		for _, fill := range []byte{0xff, 0x77} { // the largest codes, but 7 stands for the largest number in E2M1
			testSaturation(t, filledBlocks(t, typ, 32, 512, fill))
		}
	}
}

func testSaturation(t *testing.T, m Matrix) {
	for _, signs := range [][2]float32{{1, 1}, {-1, -1}, {1, -1}} {
		x := slices.Repeat(signs[:], m.Cols)
		for _, tokens := range []int{1, 2} {
			want := multiplyAt(&sets[generic], m, x[:tokens*m.Cols])
			atReadings(func(set *Set, name string) {
				if got := multiplyAt(set, m, x[:tokens*m.Cols]); !slices.Equal(got, want) {
					t.Errorf("%v × %d tokens of %v: level %s differs from plain Go", m.Type, tokens, signs, name)
				}
			})
		}
	}
}
