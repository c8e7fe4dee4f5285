package quant

import "encoding/binary"

// Q8_0 (ggml-common.h, block_q8_0): 32 weights in 34 bytes, y = q·d.
//
//	0  d   f16
//	2  qs  32 × int8
const q8_0Bytes = 2 + 32

func decodeQ8_0(dst []float32, src []byte) {
	for ; len(src) >= q8_0Bytes; dst, src = dst[32:], src[q8_0Bytes:] {
		y, b := (*[32]float32)(dst), (*[q8_0Bytes]byte)(src)
		d := F16ToF32(binary.LittleEndian.Uint16(b[:]))
		for i := range y {
			y[i] = float32(int8(b[2+i])) * d
		}
	}
}
