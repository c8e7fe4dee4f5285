package quant

// TQ2_0 (ggml-common.h, block_tq2_0): 256 weights in 66 bytes, y = d·(code − 1).
//
//	 0  codes  64 bytes, planes as in Q2_K
//	64  d      f16
const tq2_0Bytes = 64 + 2

func decodeTQ2_0(dst []float32, src []byte) {
	for ; len(src) >= tq2_0Bytes; dst, src = dst[256:], src[tq2_0Bytes:] {
		b := (*[tq2_0Bytes]byte)(src)
		t := ternary(f16(b[64:]))
		values := [4][4]float32{t, t, t, t}
		for half := range 2 {
			planes((*[112]float32)(dst[128*half:]), (*[16]byte)(b[32*half:]), &values)
			planes((*[112]float32)(dst[128*half+16:]), (*[16]byte)(b[32*half+16:]), &values)
		}
	}
}

func unpackTQ2_0(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= tq2_0Bytes; codes, scales, src = codes[256:], scales[8:], src[tq2_0Bytes:] {
		b := (*[tq2_0Bytes]byte)(src)
		repeat(scales[:8], f16(b[64:]))
		for i := 0; i < 64; i += 8 { // half a block has 32 bytes
			c, q := (*[104]uint8)(codes[i/32*128+i%32:]), planes8(load(b[i:]))
			store(c[0:], q[0])
			store(c[32:], q[1])
			store(c[64:], q[2])
			store(c[96:], q[3])
		}
	}
}

func encodeTQ2_0(b []byte, x, _ []float32) {
	d := abs(largest(x))
	r := inverse(d)
	var codes [256]byte
	for j, v := range x {
		codes[j] = byte(away(v*r) + 1)
	}
	packPlanes(b[:64], codes[:])
	putF16(b[64:], d)
}

func fieldsTQ2_0(b []byte) []Field {
	return []Field{field("codes", 0, 64, 256, func(j int) float64 { return float64(plane(b, j)) }), scaleField("d", b, 64)}
}
