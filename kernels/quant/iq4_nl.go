package quant

// IQ4_NL (ggml-common.h, block_iq4_nl): 32 weights in 18 bytes, y = d·t[code], t the sixteen values of nonlinear4.
//
//	0  d      f16
//	2  codes  16 bytes, nibbles as in Q4_0
const iq4_nlBytes = 2 + 16

func decodeIQ4_NL(dst []float32, src []byte) {
	for ; len(src) >= iq4_nlBytes; dst, src = dst[32:], src[iq4_nlBytes:] {
		nibbles((*[32]float32)(dst), (*[16]byte)(src[2:]), &nonlinear4, f16(src))
	}
}

func unpackIQ4_NL(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= iq4_nlBytes; codes, scales, src = codes[32:], scales[1:], src[iq4_nlBytes:] {
		scales[0] = f16(src)
		pairedCodes(codes[:32], src[2:iq4_nlBytes], &nonlinearPairs)
	}
}

func encodeIQ4_NL(b []byte, x, w []float32) {
	var codes [32]byte
	d := nonlinearScale(x, w)
	putF16(b, d)
	roundNonlinear(codes[:], x, inverse(d))
	packNibbles(b[2:], codes[:], 16)
}

// nonlinearScale finds the scale for 32 numbers: from the one that takes the number of the largest magnitude to t[0],
// and fourteen around it.
func nonlinearScale(x, w []float32) (scale float32) {
	var buffer [32]float32
	if w == nil {
		w = buffer[:]
		squares(w, x)
	}
	peak := largest(x)
	if abs(peak) < 1e-15 {
		return 0
	}
	a, b := nonlinearSums(1/(-peak/nonlinear4[0]), x, w)
	scale = ratio(a, b)
	best := scale * a
	for k := -7; k <= 7; k++ {
		a, b = nonlinearSums((float32(k)+nonlinear4[0])/peak, x, w)
		if b > 0 && a*a > best*b {
			scale = a / b
			best = scale * a
		}
	}
	return scale
}

// nonlinearSums returns Σ w·t·x and Σ w·t·t for the nearest values t under the inverse scale r.
func nonlinearSums(r float32, x, w []float32) (a, b float32) {
	for i, v := range x {
		t := nonlinear4[nearestNonlinear(float32(r*v))]
		a += float32(w[i] * t * v)
		b += float32(w[i] * t * t)
	}
	return a, b
}

func roundNonlinear(codes []byte, x []float32, r float32) {
	for i, v := range x {
		codes[i] = nearestNonlinear(float32(r * v))
	}
}

// nearestNonlinear returns the code of the value nearest to v, of the upper one where two are.
func nearestNonlinear(v float32) byte {
	const last = len(nonlinear4) - 1
	switch {
	case v >= nonlinear4[last]:
		return byte(last)
	case !(v > nonlinear4[0]):
		return 0
	}
	upper := nonlinearAbove[uint8(v+128)]
	if v-nonlinear4[(upper-1)&15] < nonlinear4[upper&15]-v {
		return upper - 1
	}
	return upper
}

// nonlinearAbove has the code of the first value above i − 128, for all that are between two values.
var nonlinearAbove = aboveNonlinear()

func aboveNonlinear() (t [256]byte) {
	for i := range t {
		for t[i] < 15 && nonlinear4[t[i]] <= float32(i-128) {
			t[i]++
		}
	}
	return t
}

func fieldsIQ4_NL(b []byte) []Field { return fieldsQ4_0(b) }
