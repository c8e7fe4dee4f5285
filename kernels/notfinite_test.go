package kernels

import (
	"math"
	"testing"
)

// TestNotFiniteGoesThrough holds what the package's documentation says of numbers that are not finite.
func TestNotFiniteGoesThrough(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	allNaN := func(x []float32) bool {
		for _, v := range x {
			if v == v {
				return false
			}
		}
		return true
	}
	atLevels(func(set *Set) {
		for n := 1; n <= 40; n++ {
			for at := range n {
				w := randomRows(n)
				x, dst := randomRows(n), make([]float32, n)
				x[at] = nan
				if set.RMSNorm(dst, x, w, 1e-5); !allNaN(dst) {
					t.Errorf("%s: RMSNorm of %d numbers, NaN at %d: %v", set.Level(), n, at, dst)
				}
				if set.LayerNorm(dst, x, w, nil, 1e-5); !allNaN(dst) {
					t.Errorf("%s: LayerNorm of %d numbers, NaN at %d: %v", set.Level(), n, at, dst)
				}
				if set.Softmax(x); !allNaN(x) {
					t.Errorf("%s: Softmax of %d numbers, NaN at %d: %v", set.Level(), n, at, x)
				}
				x[at] = -inf
				if set.SwiGLU(dst, x, w); !allNaN(dst[at : at+1]) {
					t.Errorf("%s: SwiGLU of −Inf: %v", set.Level(), dst[at])
				}
			}
		}
	})
}
