package quant

// Q8_1 (ggml-common.h, block_q8_1): 32 weights in 36 bytes, y = d·code. Made for activations; s spares the dot product
// with Q4_1 and Q5_1 a sum.
//
//	0  d      f16
//	2  s      f16, d·Σcode
//	4  codes  32 × int8
const q8_1Bytes = 2 + 2 + 32

func decodeQ8_1(dst []float32, src []byte) {
	for ; len(src) >= q8_1Bytes; dst, src = dst[32:], src[q8_1Bytes:] {
		signedCodes((*[32]float32)(dst), (*[32]byte)(src[4:]), f16(src))
	}
}

func unpackQ8_1(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= q8_1Bytes; codes, scales, src = codes[32:], scales[1:], src[q8_1Bytes:] {
		scales[0] = f16(src)
		unsignedCodes(codes[:32], src[4:q8_1Bytes])
	}
}

func encodeQ8_1(b []byte, x, _ []float32) {
	d, total := roundBytes(b[4:], x)
	putF16(b[0:], d)
	putF16(b[2:], float32(total)*d)
}

func fieldsQ8_1(b []byte) []Field {
	return []Field{scaleField("d", b, 0), scaleField("s", b, 2), int8Field("codes", b, 4, 32)}
}
