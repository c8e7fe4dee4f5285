package quant

import "encoding/binary"

// Q4_0 (ggml-common.h, block_q4_0): 32 weights in 18 bytes, y = (q − 8)·d.
//
//	0  d   f16
//	2  qs  16 bytes; low nibble of qs[i] is weight i, high nibble weight i+16
const q4_0Bytes = 2 + 16

func decodeQ4_0(dst []float32, src []byte) {
	for ; len(src) >= q4_0Bytes; dst, src = dst[32:], src[q4_0Bytes:] {
		y, b := (*[32]float32)(dst), (*[q4_0Bytes]byte)(src)
		d := F16ToF32(binary.LittleEndian.Uint16(b[:]))
		for i := range 16 {
			q := int32(b[2+i])
			y[i] = float32(q&15-8) * d
			y[i+16] = float32(q>>4-8) * d
		}
	}
}
