package quant

import "encoding/binary"

// Q8_K (ggml-common.h, block_q8_K): 256 weights in 292 bytes, y = d·code. Made for activations of K-quants.
//
//	  0  d      f32
//	  4  codes  256 × int8
//	260  sums   16 × int16, each the sum of 16 codes
const q8_KBytes = 4 + 256 + 32

func decodeQ8_K(dst []float32, src []byte) {
	for ; len(src) >= q8_KBytes; dst, src = dst[256:], src[q8_KBytes:] {
		d := float32At(src)
		for i := 0; i < 256; i += 32 {
			signedCodes((*[32]float32)(dst[i:]), (*[32]byte)(src[4+i:]), d)
		}
	}
}

func unpackQ8_K(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= q8_KBytes; codes, scales, src = codes[256:], scales[8:], src[q8_KBytes:] {
		repeat(scales[:8], float32At(src))
		unsignedCodes(codes[:256], src[4:260])
	}
}

func encodeQ8_K(b []byte, x, _ []float32) {
	peak := largest(x)
	if peak == 0 {
		clear(b)
		return
	}
	r := -127 / peak
	putFloat32(b, 1/r)
	codes := b[4:260]
	for i, v := range x {
		codes[i] = byte(min(127, near(r*v)))
	}
	for s := range 16 {
		var total int16
		for _, q := range codes[16*s:][:16] {
			total += int16(int8(q))
		}
		binary.LittleEndian.PutUint16(b[260+2*s:], uint16(total))
	}
}

func fieldsQ8_K(b []byte) []Field {
	return []Field{
		field("d", 0, 4, 1, func(int) float64 { return float64(float32At(b)) }),
		int8Field("codes", b, 4, 256),
		field("sums", 260, 32, 16, func(s int) float64 { return float64(int16At(b[260+2*s:])) }),
	}
}
