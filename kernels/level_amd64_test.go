//go:build amd64 && !purego

package kernels

import (
	"math"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

func TestAllLevelsHaveTheSameBits(t *testing.T) {
	for typ := range gguf.Type(64) {
		if _, ok := quant.LayoutOf(typ); !ok {
			continue
		}
		for _, cols := range []int{768, 1024} { // the latter are whole groups of blocks across
			m := randomBlocks(t, typ, 50, cols)
			for _, tokens := range []int{1, 2, 3, 7, 13} {
				x := randomRows(tokens * cols)
				clear(x[cols-64 : cols-32])
				sameAtAllLevels(t, m, x)
				x[3], x[cols-100] = float32(math.Inf(1)), float32(math.NaN())
				sameAtAllLevels(t, m, x)
			}
		}
	}
}

func sameAtAllLevels(t *testing.T, m Matrix, x []float32) {
	t.Helper()
	var first []float32
	atReadings(func(set *Set, name string) {
		got := multiplyAt(set, m, x)
		if first == nil {
			first = got
		}
		for i, want := range first {
			if same := math.Float32bits(got[i]) == math.Float32bits(want); !same && (got[i] == got[i] || want == want) {
				t.Fatalf("%v × %d tokens: at level %s output %d is %v, in plain Go %v", m.Type, len(x)/m.Cols, name, i, got[i], want)
			}
		}
	})
}
