package quant

// Q4_0 (ggml-common.h, block_q4_0): 32 weights in 18 bytes, y = d·(code − 8).
//
//	0  d      f16
//	2  codes  16 bytes; low nibble of byte i is weight i, high nibble weight i+16
const q4_0Bytes = 2 + 16

func decodeQ4_0(dst []float32, src []byte) {
	for ; len(src) >= q4_0Bytes; dst, src = dst[32:], src[q4_0Bytes:] {
		nibbles((*[32]float32)(dst), (*[16]byte)(src[2:]), &centered4, f16(src))
	}
}

func unpackQ4_0(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= q4_0Bytes; codes, scales, src = codes[32:], scales[1:], src[q4_0Bytes:] {
		scales[0] = f16(src)
		nibbleCodes(codes[:32], src[2:q4_0Bytes])
	}
}

func encodeQ4_0(b []byte, x, w []float32) {
	var codes [32]byte
	putF16(b, centered(codes[:], 8, x, w))
	packNibbles(b[2:], codes[:], 16)
}

// centered finds the scale and the codes 0 … 2n−1 of Q4_0 and Q5_0. Without weights, the number of the largest
// magnitude gets code 0 exactly.
func centered(codes []byte, n int32, x, w []float32) (d float32) {
	if w != nil {
		return symmetric(codes, n, x, w)
	}
	d = largest(x) / -float32(n)
	r := inverse(d)
	for i, v := range x {
		codes[i] = byte(min(2*n-1, int32(float32(v*r)+(float32(n)+0.5))))
	}
	return d
}

// packNibbles packs codes of four bits; in every 2·half of them the first half are low nibbles.
func packNibbles(qs, codes []byte, half int) {
	for i := 0; i < len(codes); i += 2 * half {
		for j, q := range codes[i:][:half] {
			qs[i/2+j] = q&15 | codes[i+half+j]<<4
		}
	}
}

func fieldsQ4_0(b []byte) []Field {
	return []Field{scaleField("d", b, 0), nibbleField(b, 2, 32, 16)}
}
