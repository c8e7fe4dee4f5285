package model

import "math"

// expAll replaces every x by e to the x.
func expAll[F Float](x []F) {
	switch x := any(x).(type) {
	case []float32:
		expAll32(x)
	case []float64:
		for i, v := range x {
			x[i] = math.Exp(v)
		}
	}
}

const (
	expLeast = -87 // from here down, e to the x is taken as 0
	expMost  = 88  // from here up, as that of 88
	log2e    = 1.44269504
	ln2hi    = 0.693359375 // few bits, so that n·ln2hi is exact
	ln2lo    = -2.12194440e-4
	round    = 1.5 * (1 << 23) // adding it rounds to an integer, in the low bits
)

// taylor is 1/k! for k = 7 … 0.
var taylor = [...]float32{1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1}

// exp32 is e to the x in float32 arithmetic alone: n = round(x·log₂e), then a polynomial in the rest
// r = x − n·ln 2, |r| ≤ ln 2 / 2, and 2ⁿ put into the exponent. The remainder of the polynomial is below 6e-9 there.
// Nothing in it depends on the machine, as math.Exp's assembly does.
func exp32(x float32) float32 {
	if x <= expLeast {
		return 0
	}
	x = min(x, expMost)
	shifted := float32(x*log2e) + round
	n := shifted - round
	r := x - float32(n*ln2hi) - float32(n*ln2lo)
	var p float32
	for _, c := range taylor {
		p = float32(p*r) + c
	}
	return math.Float32frombits(math.Float32bits(p) + math.Float32bits(shifted)<<23)
}

func expEach32(x []float32) {
	for i, v := range x {
		x[i] = exp32(v)
	}
}
