package quant

import "encoding/binary"

// Q6_K (ggml-common.h, block_q6_K): 256 weights in 210 bytes, sixteen sub-blocks of 16, y = (d·scale)·(q − 32).
//
//	  0  ql      128 bytes, low four bits; each half of 128 weights has 64 bytes: low nibbles its weights 0 … 63,
//	             high nibbles 64 … 127
//	128  qh      64 bytes, high two bits; each half has 32 bytes, bits 2p of byte l belong to its weight 32p + l
//	192  scales  16 × int8
//	208  d       f16
const q6_KBytes = 128 + 64 + 16 + 2

func decodeQ6_K(dst []float32, src []byte) {
	for ; len(src) >= q6_KBytes; dst, src = dst[256:], src[q6_KBytes:] {
		b := (*[q6_KBytes]byte)(src)
		d := F16ToF32(binary.LittleEndian.Uint16(b[208:]))
		for half := range 2 {
			decodeQ6_KHalf((*[128]float32)(dst[128*half:]),
				(*[64]byte)(b[64*half:]), (*[32]byte)(b[128+32*half:]), (*[8]byte)(b[192+8*half:]), d)
		}
	}
}

func decodeQ6_KHalf(y *[128]float32, ql *[64]byte, qh *[32]byte, scales *[8]byte, d float32) {
	for part := range 2 { // 16 of the 32 bytes of qh, which belong to one sub-block in each quarter
		d0 := d * float32(int8(scales[part]))
		d1 := d * float32(int8(scales[part+2]))
		d2 := d * float32(int8(scales[part+4]))
		d3 := d * float32(int8(scales[part+6]))
		for i := range 16 {
			i += 16 * part
			a, b, high := int32(ql[i]), int32(ql[i+32]), int32(qh[i])
			y[i] = d0 * float32(a&15|high&3<<4-32)
			y[i+32] = d1 * float32(b&15|high&12<<2-32)
			y[i+64] = d2 * float32(a>>4|high&48-32)
			y[i+96] = d3 * float32(b>>4|high&192>>2-32)
		}
	}
}
