package nn

import "math"

// RMS returns the root of the mean square of the numbers, NaN if there are none.
func (t *Tensor) RMS() float64 {
	return math.Sqrt(dot64(t.Data, t.Data) / float64(len(t.Data)))
}

// NMSE returns Σ(got−ref)²/Σref², the error of got relative to the energy of ref. It is 0 where the two are the same,
// NaN where one holds a NaN or the shapes differ.
func NMSE(got, ref *Tensor) float64 {
	if len(got.Data) != len(ref.Data) {
		return math.NaN()
	}
	var diff float64
	for i, r := range ref.Data {
		d := float64(got.Data[i]) - float64(r)
		diff += d * d
	}
	if diff == 0 {
		return 0
	}
	return diff / dot64(ref.Data, ref.Data)
}
