package quant

import (
	"encoding/binary"
	"math"

	"github.com/sonde-ml/sonde/gguf"
)

// F32: little-endian IEEE binary32 numbers.

func decodeF32(dst []float32, src []byte) {
	for ; len(dst) >= 4; dst, src = dst[4:], src[16:] { // four at once: twice as fast
		y, b := (*[4]float32)(dst), (*[16]byte)(src)
		y[0] = float32At(b[0:])
		y[1] = float32At(b[4:])
		y[2] = float32At(b[8:])
		y[3] = float32At(b[12:])
	}
	for i := range dst {
		dst[i] = float32At(src[4*i:])
	}
}

func float32At(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }

func encodeF32(dst []byte, src, _ []float32) {
	for i, v := range src {
		putFloat32(dst[4*i:], v)
	}
}

func putFloat32(b []byte, v float32) { binary.LittleEndian.PutUint32(b, math.Float32bits(v)) }

func fieldsF32(b []byte) []Field {
	return plainField(gguf.F32, b, func(b []byte) float64 { return float64(float32At(b)) })
}
