package quant

import "math"

// MXFP4 (ggml-common.h, block_mxfp4; OCP Microscaling Formats 1.0): 32 weights in 17 bytes,
// y = 2^(e−128)·v, v twice the E2M1 number of the code. e = 255, a NaN in OCP's text, is 2¹²⁷ here.
//
//	0  e      u8
//	1  codes  16 bytes, nibbles as in Q4_0
const mxfp4Bytes = 1 + 16

func decodeMXFP4(dst []float32, src []byte) {
	for ; len(src) >= mxfp4Bytes; dst, src = dst[32:], src[mxfp4Bytes:] {
		nibbles((*[32]float32)(dst), (*[16]byte)(src[1:]), &twiceE2M1, halfE8M0(src[0]))
	}
}

func unpackMXFP4(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= mxfp4Bytes; codes, scales, src = codes[32:], scales[1:], src[mxfp4Bytes:] {
		scales[0] = halfE8M0(src[0])
		pairedCodes(codes[:32], src[1:mxfp4Bytes], &e2m1Pairs)
	}
}

// halfE8M0 returns 2^(e−128). The first two are subnormal.
func halfE8M0(e byte) float32 {
	if e < 2 {
		return math.Float32frombits(1 << 21 << e)
	}
	return math.Float32frombits(uint32(e-1) << 23)
}

func encodeMXFP4(b []byte, x, _ []float32) {
	b[0] = e8m0(abs(largest(x)))
	var codes [32]byte
	nearestE2M1(codes[:], x, halfE8M0(b[0]))
	packNibbles(b[1:], codes[:], 16)
}

// e8m0 returns the exponent under which the largest magnitude fits. ggml takes the logarithm in float32: what is a
// few units in the last place below a power of two counts as that power.
func e8m0(peak float32) byte {
	if peak == 0 {
		return 0
	}
	log := float32(math.Log2(float64(peak)))
	return byte(int32(math.Floor(float64(log))) - 2 + 127)
}

// nearestE2M1 finds the code nearest to each number under scale d; the lowest of two that are equally near.
func nearestE2M1(codes []byte, x []float32, d float32) {
	for i, v := range x {
		best := abs(float32(twiceE2M1[0]*d) - v)
		codes[i] = 0
		for q, value := range twiceE2M1 {
			if e := abs(float32(value*d) - v); e < best {
				best, codes[i] = e, byte(q)
			}
		}
	}
}

func fieldsMXFP4(b []byte) []Field {
	return []Field{byteField("e", b, 0, 1), nibbleField(b, 1, 32, 16)}
}
