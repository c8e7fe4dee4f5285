package quant

// Q8_0 (ggml-common.h, block_q8_0): 32 weights in 34 bytes, y = d·code.
//
//	0  d      f16
//	2  codes  32 × int8
const q8_0Bytes = 2 + 32

func decodeQ8_0(dst []float32, src []byte) {
	for ; len(src) >= q8_0Bytes; dst, src = dst[32:], src[q8_0Bytes:] {
		signedCodes((*[32]float32)(dst), (*[32]byte)(src[2:]), f16(src))
	}
}

// signedCodes decodes 32 weights of eight bits.
func signedCodes(y *[32]float32, qs *[32]byte, d float32) {
	for i := 0; i < len(y); i += 4 { // four at once: a quarter faster
		y[i] = signed8[qs[i]] * d
		y[i+1] = signed8[qs[i+1]] * d
		y[i+2] = signed8[qs[i+2]] * d
		y[i+3] = signed8[qs[i+3]] * d
	}
}

func unpackQ8_0(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= q8_0Bytes; codes, scales, src = codes[32:], scales[1:], src[q8_0Bytes:] {
		scales[0] = f16(src)
		unsignedCodes(codes[:32], src[2:q8_0Bytes])
	}
}

func encodeQ8_0(b []byte, x, _ []float32) {
	d, _ := roundBytes(b[2:], x)
	putF16(b, d)
}

// roundBytes rounds x to the codes of Q8_0 and Q8_1, and returns their scale and their sum.
func roundBytes(codes []byte, x []float32) (d float32, total int32) {
	d = abs(largest(x)) / 127
	r := inverse(d)
	for i, v := range x {
		q := away(v * r)
		codes[i] = byte(q)
		total += q
	}
	return d, total
}

func fieldsQ8_0(b []byte) []Field {
	return []Field{scaleField("d", b, 0), int8Field("codes", b, 2, 32)}
}
