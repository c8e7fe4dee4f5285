package kernels

import (
	"math"
	"testing"
)

// TestExponential compares e^x with float64 over all numbers for which it is neither 0 nor infinite, and some beyond, in
// units of the last place of the result.
func TestExponential(t *testing.T) {
	const step, most = 0x1.3p-10, 1.02
	atLevels(func(set *Set) {
		worst, at := 0.0, float32(0)
		for from := float32(-110); from < 90; from += 64 * step {
			var x, e [64]float32
			for i := range x {
				x[i] = from + float32(i)*step
			}
			e = x
			set.rows.expSum(e[:], 0)
			for i, got := range e {
				if off := unitsApart(got, math.Exp(float64(x[i]))); !(off <= worst) {
					worst, at = off, x[i]
				}
			}
		}
		if worst > most {
			t.Errorf("%s: e^%g is %.3f units off, want at most %g", set.Level(), at, worst, most)
		}
		t.Logf("%s: at most %.3f units off", set.Level(), worst)
	})
}

// unitsApart is how many units of the last place of want got is off. What rounds to infinity has to be infinite.
func unitsApart(got float32, want float64) float64 {
	if rounded := float32(want); math.IsInf(float64(rounded), 0) || math.IsInf(float64(got), 0) {
		if got == rounded {
			return 0
		}
		return math.Inf(1)
	}
	_, exponent := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(exponent-24, -149))
}

func TestExponentialOfOddNumbers(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct{ x, want float64 }{
		{0, 1}, {math.Copysign(0, -1), 1}, {inf, inf}, {-inf, 0}, {math.MaxFloat32, inf}, {-math.MaxFloat32, 0},
		{math.NaN(), math.NaN()}, {0x1p-149, 1}, {-1e5, 0}, {1e5, inf}, {-104, 0}, {89, inf},
	} {
		atLevels(func(set *Set) {
			for n := 1; n < 40; n++ {
				x := randomRows(n)
				x[n-1] = float32(c.x)
				set.rows.expSum(x, 0)
				if got := float64(x[n-1]); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
					t.Errorf("%s: e^%g, the last of %d, is %g, want %g", set.Level(), c.x, n, got, c.want)
				}
			}
		})
	}
}
