package kernels

import (
	"math"
	"testing"
)

func TestDifference(t *testing.T) {
	nan := float32(math.NaN())
	for _, test := range []struct {
		name           string
		ref, got       []float32
		same           bool
		nmse, cos, max float64
	}{
		{"same", []float32{1, -2, nan}, []float32{1, -2, nan}, true, 0, 1, 0},
		{"one less", []float32{3, 4}, []float32{3, 3}, false, 1. / 25, 21 / math.Sqrt(25*18), 1},
		{"opposite", []float32{1, -2}, []float32{-1, 2}, false, 4, -1, 4},
		{"signs of zero", []float32{0, 1}, []float32{float32(math.Copysign(0, -1)), 1}, false, 0, 1, 0},
		{"NaN on one side", []float32{1, 2}, []float32{nan, 2}, false, math.NaN(), math.NaN(), math.NaN()},
		{"against zeros", []float32{0, 0}, []float32{1, 0}, false, math.Inf(1), math.NaN(), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var d, rest Difference
			d.Add(test.ref[:1], test.got[:1])
			rest.Add(test.ref[1:], test.got[1:])
			d.Merge(&rest)
			if d.Same() != test.same {
				t.Errorf("same: got %v, want %v", d.Same(), test.same)
			}
			for what, pair := range map[string][2]float64{"NMSE": {d.NMSE(), test.nmse}, "cosine": {d.Cos(), test.cos}, "max abs": {d.MaxAbs(), test.max}} {
				if a, b := pair[0], pair[1]; a != b && !(math.IsNaN(a) && math.IsNaN(b)) && !close12(a, b) {
					t.Errorf("%s: got %v, want %v", what, a, b)
				}
			}
		})
	}
}
