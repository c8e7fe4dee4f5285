//go:build amd64 && !purego

package kernels

import (
	"math"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// atLevels calls f with each set of kernels that this processor has, plain Go last.
func atLevels(f func(level string)) {
	v, a := vnni, avx2
	defer func() { vnni, avx2 = v, a }()
	if v {
		f("avx512-vnni")
	}
	vnni = false
	if a {
		f("avx2")
	}
	avx2 = false
	f("generic")
}

func TestAllLevelsHaveTheSameBits(t *testing.T) {
	for typ := range gguf.Type(64) {
		if _, ok := quant.LayoutOf(typ); !ok {
			continue
		}
		m := randomBlocks(t, typ, 50, 768)
		for _, tokens := range []int{1, 2, 3, 7, 13} {
			x := randomRows(tokens * m.Cols)
			var first []float32
			atLevels(func(level string) {
				got := multiply(m, x)
				if first == nil {
					first = got
				}
				for i := range got {
					if math.Float32bits(got[i]) != math.Float32bits(first[i]) {
						t.Fatalf("%v × %d tokens: at level %s output %d is %v, at the highest %v", typ, tokens, level, i, got[i], first[i])
					}
				}
			})
		}
	}
}
