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

// halfE8M0 returns 2^(e−128). The first two are subnormal.
func halfE8M0(e byte) float32 {
	if e < 2 {
		return math.Float32frombits(1 << 21 << e)
	}
	return math.Float32frombits(uint32(e-1) << 23)
}

func fieldsMXFP4(b []byte) []Field {
	return []Field{byteField("e", b, 0, 1), nibbleField(b, 1, 32, 16)}
}
