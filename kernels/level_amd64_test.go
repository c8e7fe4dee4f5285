//go:build amd64 && !purego

package kernels

import (
	"math"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

func TestAssemblyHasTheBitsOfPlainGo(t *testing.T) {
	if !vnni {
		t.Skip("this processor has no AVX-512 VNNI")
	}
	for _, typ := range []gguf.Type{gguf.Q4_0, gguf.Q8_0, gguf.Q4_K, gguf.Q6_K} {
		m := randomMatrix(t, typ, 50, 768)
		for _, tokens := range []int{1, 2, 3, 7, 13} {
			x := randomRows(tokens * m.Cols)
			got := multiply(m, x)
			vnni = false
			want := multiply(m, x)
			vnni = true
			for i := range want {
				if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
					t.Fatalf("%v × %d tokens: output %d is %v, in plain Go %v", typ, tokens, i, got[i], want[i])
				}
			}
		}
	}
}
