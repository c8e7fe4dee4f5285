package kernels_test

import (
	"math"
	"testing"

	"github.com/sonde-ml/sonde/kernels"
)

func TestSoftmax(t *testing.T) {
	for _, c := range []struct {
		name string
		x    []float32
		want []float64
	}{
		{"one", []float32{-7}, []float64{1}},
		{"equal", []float32{2, 2}, []float64{0.5, 0.5}},
		{"logarithms", []float32{float32(math.Log(1)), float32(math.Log(2)), float32(math.Log(5))}, []float64{0.125, 0.25, 0.625}},
		{"far apart", []float32{-1e30, 1e30, 0}, []float64{0, 1, 0}},
		{"hidden cells", []float32{0, float32(math.Inf(-1))}, []float64{1, 0}},
	} {
		kernels.Softmax(c.x)
		for i := range c.x {
			if math.Abs(float64(c.x[i])-c.want[i]) > 4.0/(1<<24) {
				t.Errorf("%s: element %d is %g, want %g", c.name, i, c.x[i], c.want[i])
			}
		}
	}
	nan := []float32{1, float32(math.NaN()), 2}
	if kernels.Softmax(nan); nan[0] == nan[0] || nan[2] == nan[2] {
		t.Errorf("softmax of a row with a NaN is %v: the NaN is lost", nan)
	}
}
