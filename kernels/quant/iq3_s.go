package quant

// IQ3_S (ggml-common.h, block_iq3_s): 256 weights in 110 bytes, eight sub-blocks of 32, y = ±(d·(2·scale + 1))·grid,
// four weights to a point of the grid of 512.
//
//	  0  d       f16
//	  2  grid    64 bytes, the low eight bits of the points
//	 66  high    8 bytes, one more bit for each point, lowest first
//	 74  signs   32 bytes
//	106  scales  4 bytes, nibbles, lowest first
const iq3_sBytes = 2 + 64 + 8 + 32 + 4

func decodeIQ3_S(dst []float32, src []byte) {
	for ; len(src) >= iq3_sBytes; dst, src = dst[256:], src[iq3_sBytes:] {
		b := (*[iq3_sBytes]byte)(src)
		d := f16(b[:])
		for g := range 32 {
			scaled := d * float32(1+2*nibbleOf(b[106:], g/4))
			signed4Weights((*[8]float32)(dst[8*g:]), &iq3sGrid[iq3sIndex(b, 2*g)], &iq3sGrid[iq3sIndex(b, 2*g+1)],
				&signs[b[74+g]], scaled)
		}
	}
}

// iq3sIndex returns the point of the weights 4g … 4g+3.
func iq3sIndex(b *[iq3_sBytes]byte, g int) int {
	return int(b[2+g]) | int(bit(b[66:], g))<<8
}

func fieldsIQ3_S(b []byte) []Field {
	return []Field{
		scaleField("d", b, 0),
		field("grid", 2, 64, 64, func(g int) float64 { return float64(iq3sIndex((*[iq3_sBytes]byte)(b), g)) }),
		field("high", 66, 8, 64, func(g int) float64 { return float64(bit(b[66:], g)) }),
		byteField("signs", b, 74, 32),
		field("scales", 106, 4, 8, func(s int) float64 { return float64(nibbleOf(b[106:], s)) }),
	}
}
