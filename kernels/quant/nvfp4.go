package quant

import "math"

// NVFP4 (ggml-common.h, block_nvfp4): 64 weights in 36 bytes, four sub-blocks of 16, y = u·v, u half the E4M3 number of
// the scale, v twice the E2M1 number of the code. The scale of the whole tensor, a tensor of its own, is not applied here.
//
//	0  scales  4 bytes, E4M3; the sign is ignored
//	4  codes   32 bytes; 8 bytes hold 16 weights, low nibbles the first 8
const nvfp4Bytes = 4 + 32

func decodeNVFP4(dst []float32, src []byte) {
	for ; len(src) >= nvfp4Bytes; dst, src = dst[64:], src[nvfp4Bytes:] {
		b := (*[nvfp4Bytes]byte)(src)
		for s, scale := range b[:4] {
			y, qs, u := (*[16]float32)(dst[16*s:]), (*[8]byte)(b[4+8*s:]), halfE4M3(scale)
			for i, q := range qs {
				y[i] = twiceE2M1[q&15] * u
				y[i+8] = twiceE2M1[q>>4] * u
			}
		}
	}
}

func unpackNVFP4(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= nvfp4Bytes; codes, scales, src = codes[64:], scales[4:], src[nvfp4Bytes:] {
		b := (*[nvfp4Bytes]byte)(src)
		for s, scale := range b[:4] {
			scales[s] = halfE4M3(scale)
			pairedCodes(codes[16*s:][:16], b[4+8*s:][:8], &e2m1Pairs)
		}
	}
}

// halfE4M3 returns half the E4M3 number of the low seven bits. As in ggml the NaN 0x7f is 0, but 0xff is 240.
func halfE4M3(code byte) float32 {
	if code == 0x7f {
		return 0
	}
	exponent, fraction := code>>3&15, uint32(code&7)
	if exponent == 0 {
		return float32(fraction) / (1 << 10)
	}
	return math.Float32frombits(uint32(exponent+119)<<23 | fraction<<20)
}

func encodeNVFP4(b []byte, x, _ []float32) {
	var codes [64]byte
	for s := range 4 {
		sub := x[16*s:][:16]
		b[s] = e4m3(abs(largest(sub)) / 6)
		nearestE2M1(codes[16*s:][:16], sub, halfE4M3(b[s]))
	}
	packNibbles(b[4:], codes[:], 8)
}

// e4m3 rounds to an unsigned E4M3 number, half up. From 2⁸ on, and what is rounded to it, ggml takes the largest, 448.
func e4m3(v float32) byte {
	const largestCode = 0x7e
	if !(v > 0) {
		return 0
	}
	if v < 1.0/64 { // subnormal
		return byte(min(7, int32(float32(v*512)+0.5)))
	}
	// Exponent and three bits of fraction in one number, the bias 7 in place of 127; a carry runs into the exponent.
	code := (math.Float32bits(v)-(127-7)<<23)>>19 + 1
	if code >>= 1; code >= 15<<3 {
		return largestCode
	}
	return byte(code)
}

func fieldsNVFP4(b []byte) []Field {
	return []Field{byteField("scales", b, 0, 4), nibbleField(b, 4, 64, 8)}
}
