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
		m := randomBlocks(t, typ, 50, 768)
		for _, tokens := range []int{1, 2, 3, 7, 13} {
			x := randomRows(tokens * m.Cols)
			var first []float32
			atLevels(func(set *Set) {
				got := multiplyAt(set, m, x)
				if first == nil {
					first = got
				}
				for i := range got {
					if math.Float32bits(got[i]) != math.Float32bits(first[i]) {
						t.Fatalf("%v × %d tokens: at level %s output %d is %v, in plain Go %v", typ, tokens, set.Level(), i, got[i], first[i])
					}
				}
			})
		}
	}
}
