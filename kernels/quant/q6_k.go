package quant

// Q6_K (ggml-common.h, block_q6_K): 256 weights in 210 bytes, sixteen sub-blocks of 16, y = (d·scale)·(code − 32).
//
//	  0  codes   128 bytes, the low four bits; 64 bytes hold 128 weights, low nibbles the first 64
//	128  high    64 bytes, the high two bits as the planes of Q2_K
//	192  scales  16 × int8
//	208  d       f16
const q6_KBytes = 128 + 64 + 16 + 2

func decodeQ6_K(dst []float32, src []byte) {
	for ; len(src) >= q6_KBytes; dst, src = dst[256:], src[q6_KBytes:] {
		b := (*[q6_KBytes]byte)(src)
		d := f16(b[208:])
		for half := range 2 {
			for part := range 2 {
				low, high := (*[48]byte)(b[64*half+16*part:]), (*[16]byte)(b[128+32*half+16*part:])
				scales := (*[7]byte)(b[192+8*half+part:])
				scaled := [4]float32{d * signed8[scales[0]], d * signed8[scales[2]], d * signed8[scales[4]], d * signed8[scales[6]]}
				sixBits((*[112]float32)(dst[128*half+16*part:]), low, high, &scaled)
			}
		}
	}
}

// sixBits decodes the 64 weights of four sub-blocks: those at y[0], y[32], y[64] and y[96].
func sixBits(y *[112]float32, low *[48]byte, high *[16]byte, d *[4]float32) {
	d0, d1, d2, d3 := d[0], d[1], d[2], d[3]
	for i, h := range high {
		a, b := low[i], low[i+32]
		y[i] = d0 * (float32(a&15|h&3<<4) - 32)
		y[i+32] = d1 * (float32(b&15|h&12<<2) - 32)
		y[i+64] = d2 * (float32(a>>4|h&48) - 32)
		y[i+96] = d3 * (float32(b>>4|h>>6<<4) - 32)
	}
}

func unpackQ6_K(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= q6_KBytes; codes, scales, src = codes[256:], scales[16:], src[q6_KBytes:] {
		b := (*[q6_KBytes]byte)(src)
		d := f16(b[208:])
		for s, scale := range b[192:208] {
			scales[s] = d * signed8[scale]
		}
		sixBitCodes((*[128]uint8)(codes), (*[64]byte)(b[0:]), (*[32]byte)(b[128:]))
		sixBitCodes((*[128]uint8)(codes[128:]), (*[64]byte)(b[64:]), (*[32]byte)(b[160:]))
	}
}

// sixBitCodes unpacks half a block.
func sixBitCodes(codes *[128]uint8, low *[64]byte, high *[32]byte) {
	for i := 0; i < 32; i += 8 {
		a, b, h := load(low[i:]), load(low[i+32:]), load(high[i:])
		store(codes[i:], a&(15*each)|h<<4&(48*each))
		store(codes[i+32:], b&(15*each)|h<<2&(48*each))
		store(codes[i+64:], a>>4&(15*each)|h&(48*each))
		store(codes[i+96:], b>>4&(15*each)|h>>2&(48*each))
	}
}

func encodeQ6_K(b []byte, x, w []float32) {
	var codes [256]byte
	var scales [16]float32
	var buffer [16]float32
	for s := range scales {
		sub, weights := x[16*s:][:16], buffer[:]
		if w == nil {
			squares(weights, sub)
		} else {
			weights = w[16*s:][:16]
		}
		scales[s] = symmetric(codes[16*s:][:16], 32, sub, weights)
	}
	peak := largest(scales[:])
	if abs(peak) < 1e-15 {
		clear(b)
		return
	}
	r := -128 / peak
	putF16(b[208:], 1/r)
	d := f16(b[208:])
	for s, scale := range scales {
		b[192+s] = byte(min(127, near(r*scale)))
		roundSixBits(codes[16*s:][:16], x[16*s:][:16], d*signed8[b[192+s]])
	}
	packNibbles(b[:128], codes[:], 64)
	for j := range codes {
		codes[j] >>= 4
	}
	packPlanes(b[128:192], codes[:])
}

// roundSixBits rounds again, under the stored scale.
func roundSixBits(codes []byte, x []float32, d float32) {
	if d == 0 {
		return
	}
	for i, v := range x {
		codes[i] = byte(clampNear(v/d, -32, 31) + 32)
	}
}

func fieldsQ6_K(b []byte) []Field {
	return []Field{
		field("codes", 0, 128, 256, func(j int) float64 { return float64(nibble(b, j, 64) | plane(b[128:], j)<<4) }),
		field("high", 128, 64, 256, func(j int) float64 { return float64(plane(b[128:], j)) }),
		int8Field("scales", b, 192, 16), scaleField("d", b, 208),
	}
}
