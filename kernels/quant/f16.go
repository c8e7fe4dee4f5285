package quant

import "github.com/sonde-ml/sonde/gguf"

// F16: little-endian IEEE binary16 numbers.

func decodeF16(dst []float32, src []byte) {
	for ; len(dst) >= 4; dst, src = dst[4:], src[8:] {
		y, b := (*[4]float32)(dst), (*[8]byte)(src)
		y[0] = f16(b[0:])
		y[1] = f16(b[2:])
		y[2] = f16(b[4:])
		y[3] = f16(b[6:])
	}
	for i := range dst {
		dst[i] = f16(src[2*i:])
	}
}

func encodeF16(dst []byte, src, _ []float32) {
	for i, v := range src {
		putF16(dst[2*i:], v)
	}
}

func fieldsF16(b []byte) []Field {
	return plainField(gguf.F16, b, func(b []byte) float64 { return float64(f16(b)) })
}
