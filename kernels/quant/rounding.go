package quant

import "math"

// The encoders give ggml's bytes, so they do its arithmetic: float32, one rounding per operation, left to right. A
// product that is added to is written float32(a*b) + c, because Go may fuse what is not converted explicitly.

// near rounds half to even, for |v| up to 4194303. What is larger, an infinity or a NaN gives some number in that range.
func near(v float32) int32 {
	const magic = 3 << 22 // leaves no bits for a fraction
	return int32(math.Float32bits(float32(v)+magic)&0x7fffff) - 1<<22
}

// away rounds half away from zero, for |v| below 2³¹.
func away(v float32) int32 {
	return int32(float64(v) + math.Copysign(0.5, float64(v)))
}

func abs(v float32) float32 { return math.Float32frombits(math.Float32bits(v) &^ (1 << 31)) }

func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) }

// inverse returns 1/v, and 0 for 0.
func inverse(v float32) float32 {
	if v == 0 {
		return 0
	}
	return 1 / v
}

// ratio returns a/b, and 0 where b is not positive.
func ratio(a, b float32) float32 {
	if b > 0 {
		return a / b
	}
	return 0
}

// lesser returns a where it is the smaller one, otherwise b. Unlike min it passes over a NaN in a.
func lesser(a, b float32) float32 {
	if a < b {
		return a
	}
	return b
}

// greater is lesser's counterpart.
func greater(a, b float32) float32 {
	if a > b {
		return a
	}
	return b
}

// clampNear rounds v and keeps it between low and high.
func clampNear(v float32, low, high int32) int32 { return min(max(near(v), low), high) }

// extremes returns the lowest and the highest number of x.
func extremes(x []float32) (lowest, highest float32) {
	lowest, highest = x[0], x[0]
	for _, v := range x[1:] {
		lowest, highest = lesser(v, lowest), greater(v, highest)
	}
	return lowest, highest
}

// largest returns the first element of the largest magnitude, with its sign.
func largest(x []float32) float32 {
	var peak float32
	for _, v := range x {
		if abs(v) > abs(peak) {
			peak = v
		}
	}
	return peak
}

func sum(x []float32) float32 {
	var s float32
	for _, v := range x {
		s += v
	}
	return s
}

func sumSquares(x []float32) float32 {
	var s float32
	for _, v := range x {
		s += float32(v * v)
	}
	return s
}

// squares fills w with the squares of x: what most formats take for the importance of a weight when nobody tells.
func squares(w, x []float32) {
	for i, v := range x {
		w[i] = v * v
	}
}
