package quant

// Q4_1 (ggml-common.h, block_q4_1): 32 weights in 20 bytes, y = d·code + m.
//
//	0  d      f16
//	2  m      f16
//	4  codes  16 bytes, nibbles as in Q4_0
const q4_1Bytes = 2 + 2 + 16

func decodeQ4_1(dst []float32, src []byte) {
	for ; len(src) >= q4_1Bytes; dst, src = dst[32:], src[q4_1Bytes:] {
		y, b := (*[32]float32)(dst), (*[q4_1Bytes]byte)(src)
		d, m := f16(b[0:]), f16(b[2:])
		for i, q := range b[4:] {
			y[i] = float32(float32(q&15)*d) + m
			y[i+16] = float32(float32(q>>4)*d) + m
		}
	}
}

func unpackQ4_1(codes []uint8, scales, mins []float32, src []byte) {
	for ; len(src) >= q4_1Bytes; codes, scales, mins, src = codes[32:], scales[1:], mins[1:], src[q4_1Bytes:] {
		scales[0], mins[0] = f16(src), -f16(src[2:])
		nibbleCodes(codes[:32], src[4:q4_1Bytes])
	}
}

func encodeQ4_1(b []byte, x, w []float32) {
	var codes [32]byte
	d, m := spread(codes[:], 15, x, w)
	putF16(b[0:], d)
	putF16(b[2:], m)
	packNibbles(b[4:], codes[:], 16)
}

// spread finds the scale, the offset and the codes 0 … n of Q4_1 and Q5_1. Without weights, it takes the lowest number
// to code 0 and the highest to n.
func spread(codes []byte, n int32, x, w []float32) (d, m float32) {
	if w != nil {
		scale, minimum := affine{n: n, low: -0.9, step: 0.05, steps: 36}.search(codes, x, w)
		return scale, -minimum
	}
	lowest, highest := extremes(x)
	d = (highest - lowest) / float32(n)
	r := inverse(d)
	for i, v := range x {
		codes[i] = byte(min(n, int32(float32((v-lowest)*r)+0.5)))
	}
	return d, lowest
}

func fieldsQ4_1(b []byte) []Field {
	return []Field{scaleField("d", b, 0), scaleField("m", b, 2), nibbleField(b, 4, 32, 16)}
}
