package kernels

import (
	"math"
	"slices"
	"testing"
)

// TestRoPE turns as complex numbers are multiplied, and wants the same bits at every level.
func TestRoPE(t *testing.T) {
	const pos, mag = 11, 1.25
	for n := range 40 {
		freqs := make([]float64, n)
		for i := range freqs {
			freqs[i] = math.Pow(1e4, -float64(i)/float64(n))
		}
		cos, sin := make([]float32, n), make([]float32, n)
		RoPEAngles(cos, sin, pos, freqs, mag)
		for _, halves := range []bool{false, true} {
			x := randomRows(2*n + 2) // two entries more than are turned
			var plain []float32
			atLevels(func(set *Set) {
				y := slices.Clone(x)
				set.RoPE(y, cos, sin, halves)
				if plain == nil {
					plain = y
				}
				if !slices.Equal(y, plain) {
					t.Errorf("%d pairs, halves %v: got %v at %s, %v in plain Go", n, halves, y, set.Level(), plain)
				}
			})
			for i, f := range freqs {
				first, second := 2*i, 2*i+1
				if halves {
					first, second = i, i+n
				}
				z := complex(float64(x[first]), float64(x[second])) * complex(mag*math.Cos(pos*f), mag*math.Sin(pos*f))
				if math.Abs(float64(plain[first])-real(z)) > 12*unit || math.Abs(float64(plain[second])-imag(z)) > 12*unit {
					t.Errorf("halves %v, pair %d of %d: (%g, %g), want %v", halves, i, n, plain[first], plain[second], z)
				}
			}
			if !slices.Equal(plain[2*n:], x[2*n:]) {
				t.Errorf("halves %v: entries behind the pairs were changed", halves)
			}
		}
	}
}

func BenchmarkRoPE(b *testing.B) {
	x, cos, sin := randomRows(128), randomRows(64), randomRows(64)
	for i := range cos {
		cos[i], sin[i] = 0.6, 0.8
	}
	for _, halves := range []bool{false, true} {
		b.Run(map[bool]string{false: "pairs", true: "halves"}[halves], func(b *testing.B) {
			eachLevel(b, func(b *testing.B, set *Set) {
				perUnit(b, len(x), "number", func() { set.RoPE(x, cos, sin, halves) })
			})
		})
	}
}
