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
