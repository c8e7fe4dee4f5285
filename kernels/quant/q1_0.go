package quant

// Q1_0 (ggml-common.h, block_q1_0): 128 weights in 18 bytes, y = d where the code is 1, −d where it is 0.
//
//	0  d      f16
//	2  codes  16 bytes; bit j%8 of byte j/8 is weight j
const q1_0Bytes = 2 + 16

func decodeQ1_0(dst []float32, src []byte) {
	for ; len(src) >= q1_0Bytes; dst, src = dst[128:], src[q1_0Bytes:] {
		b := (*[q1_0Bytes]byte)(src)
		d := f16(b[:])
		for i, q := range b[2:] {
			y, negative := (*[8]float32)(dst[8*i:]), &signs[^q]
			for j := 0; j < len(y); j += 4 {
				y[j] = d * negative[j]
				y[j+1] = d * negative[j+1]
				y[j+2] = d * negative[j+2]
				y[j+3] = d * negative[j+3]
			}
		}
	}
}

func unpackQ1_0(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= q1_0Bytes; codes, scales, src = codes[128:], scales[4:], src[q1_0Bytes:] {
		b := (*[q1_0Bytes]byte)(src)
		repeat(scales[:4], f16(b[:]))
		for i, q := range b[2:] {
			store(codes[8*i:], 2*spreadBits(q))
		}
	}
}

func encodeQ1_0(b []byte, x, _ []float32) {
	var magnitudes float32
	clear(b)
	for j, v := range x {
		magnitudes += abs(v)
		if v >= 0 {
			b[2+j/8] |= 1 << (j % 8)
		}
	}
	putF16(b, magnitudes/128)
}

func fieldsQ1_0(b []byte) []Field {
	return []Field{scaleField("d", b, 0), field("codes", 2, 16, 128, func(j int) float64 { return float64(bit(b[2:], j)) })}
}
