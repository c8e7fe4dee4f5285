package quant

// Q2_K (ggml-common.h, block_q2_K): 256 weights in 84 bytes, sixteen sub-blocks of 16 with a scale and a minimum each,
// y = (d·scale)·code − dmin·min.
//
//	 0  scales, mins  16 bytes; low nibble the scale, high nibble the minimum of a sub-block
//	16  codes         64 bytes; 32 bytes hold 128 weights, bits 2k of byte l its weight 32k + l
//	80  d             f16
//	82  dmin          f16
const q2_KBytes = 16 + 64 + 2 + 2

func decodeQ2_K(dst []float32, src []byte) {
	for ; len(src) >= q2_KBytes; dst, src = dst[256:], src[q2_KBytes:] {
		b := (*[q2_KBytes]byte)(src)
		d, dmin := f16(b[80:]), f16(b[82:])
		for half := range 2 {
			for part := range 2 { // the first or second 16 weights of every 32
				scales := (*[7]byte)(b[8*half+part:])
				values := [4][4]float32{
					affine2(d, dmin, scales[0]), affine2(d, dmin, scales[2]),
					affine2(d, dmin, scales[4]), affine2(d, dmin, scales[6]),
				}
				planes((*[112]float32)(dst[128*half+16*part:]), (*[16]byte)(b[16+32*half+16*part:]), &values)
			}
		}
	}
}

// unpackQ2_K multiplies the codes by their scales: at most 15·3.
func unpackQ2_K(codes []uint8, scales, mins []float32, src []byte) {
	for ; len(src) >= q2_KBytes; codes, scales, mins, src = codes[256:], scales[8:], mins[16:], src[q2_KBytes:] {
		b := (*[q2_KBytes]byte)(src)
		repeat(scales[:8], f16(b[80:]))
		dmin, mins := f16(b[82:]), (*[16]float32)(mins)
		for s := range mins {
			mins[s] = dmin * float32(b[s]>>4)
		}
		for i := 0; i < 64; i += 8 { // half a block has 32 bytes
			c, scales := (*[104]uint8)(codes[i/32*128+i%32:]), (*[7]byte)(b[i/32*8+i/16%2:])
			q := planes8(load(b[16+i:]))
			store(c[0:], q[0]*uint64(scales[0]&15))
			store(c[32:], q[1]*uint64(scales[2]&15))
			store(c[64:], q[2]*uint64(scales[4]&15))
			store(c[96:], q[3]*uint64(scales[6]&15))
		}
	}
}

// affine2 returns the values of the codes 0 … 3 of a sub-block.
func affine2(d, dmin float32, scale byte) [4]float32 {
	d, m := float32(d*float32(scale&15)), float32(dmin*float32(scale>>4))
	return [4]float32{float32(0*d) - m, d - m, float32(2*d) - m, float32(3*d) - m}
}

func encodeQ2_K(b []byte, x, w []float32) {
	k := affineBlock{size: 16, n: 3, limit: 15}
	if w == nil {
		k.searchPlain(x, affine{n: 3, low: -0.5, step: 0.1, steps: 15, magnitude: true}, magnitudes)
	} else {
		k.searchWeighted(x, w)
	}
	k.store(b[80:])
	k.roundAgain(x)
	for s := range 16 {
		b[s] = k.scaleCodes[s]&15 | k.minCodes[s]<<4
	}
	packPlanes(b[16:80], k.codes[:])
}

func magnitudes(w, x []float32) {
	for i, v := range x {
		w[i] = abs(v)
	}
}

func fieldsQ2_K(b []byte) []Field {
	return []Field{
		field("scales", 0, 16, 16, func(s int) float64 { return float64(b[s] & 15) }),
		field("mins", 0, 16, 16, func(s int) float64 { return float64(b[s] >> 4) }),
		field("codes", 16, 64, 256, func(j int) float64 { return float64(plane(b[16:], j)) }),
		scaleField("d", b, 80), scaleField("dmin", b, 82),
	}
}
