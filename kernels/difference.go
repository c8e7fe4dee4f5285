package kernels

import "math"

// Difference compares numbers with reference numbers as both stream by. The zero value is ready to use.
// Sums are taken in float64; their last bits depend on the order of merging.
type Difference struct {
	differ                 bool // some bits do
	diff2, ref2, got2, dot float64
	maxAbs                 float64
}

// Add compares got with ref, element by element; both have the same length.
func (d *Difference) Add(ref, got []float32) {
	got = got[:len(ref):len(got)]
	for i, r := range ref {
		g := got[i]
		if math.Float32bits(r) != math.Float32bits(g) {
			d.differ = true
		}
		a, b := float64(r), float64(g)
		diff := a - b
		d.diff2 += float64(diff * diff)
		d.ref2 += float64(a * a)
		d.got2 += float64(b * b)
		d.dot += float64(a * b)
		if diff = math.Abs(diff); diff > d.maxAbs || diff != diff {
			d.maxAbs = diff
		}
	}
}

// Merge adds what o compared.
func (d *Difference) Merge(o *Difference) {
	d.differ = d.differ || o.differ
	d.diff2 += o.diff2
	d.ref2 += o.ref2
	d.got2 += o.got2
	d.dot += o.dot
	d.maxAbs = max(d.maxAbs, o.maxAbs) // NaN stays
}

// Same reports whether all bits are the same.
func (d *Difference) Same() bool { return !d.differ }

// NMSE returns Σ(got−ref)² / Σref²: 0 if all bits are the same, also those of NaN; NaN if a number is not finite on one
// side only; +Inf for anything but zeros in place of zeros.
func (d *Difference) NMSE() float64 {
	if d.diff2 == 0 || d.Same() {
		return 0
	}
	return d.diff2 / d.ref2
}

// Cos returns the cosine of the angle between the two as vectors: 1 if all bits are the same, NaN if one of them is zero.
func (d *Difference) Cos() float64 {
	if d.diff2 == 0 || d.Same() {
		return 1
	}
	return d.dot / math.Sqrt(d.ref2*d.got2)
}

// MaxAbs returns the largest |got−ref|.
func (d *Difference) MaxAbs() float64 {
	if d.Same() {
		return 0
	}
	return d.maxAbs
}
