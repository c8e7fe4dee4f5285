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

func fieldsQ4_0(b []byte) []Field {
	return []Field{scaleField("d", b, 0), nibbleField(b, 2, 32, 16)}
}
