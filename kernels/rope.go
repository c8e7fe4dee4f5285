package kernels

import "math"

// RoPE turns one head in place: pair i by the angle pos·freqs[i], cosine and sine times mag.
// The pairs are (2i, 2i+1), or (i, i+len(freqs)) when halves; entries behind 2·len(freqs) stay.
// arXiv 2104.09864. Angles are taken in float64, so large positions lose nothing.
func RoPE(x []float32, pos int32, freqs []float64, mag float64, halves bool) {
	first, second, step := 0, 1, 2
	if halves {
		second, step = len(freqs), 1
	}
	for _, f := range freqs {
		sin, cos := math.Sincos(float64(pos) * f)
		c, s := float32(cos*mag), float32(sin*mag)
		a, b := x[first], x[second]
		x[first] = float32(a*c) - float32(b*s)
		x[second] = float32(a*s) + float32(b*c)
		first, second = first+step, second+step
	}
}
