package quant

// Values of codes. A look-up is faster here than the conversion of an integer to float32.
var (
	centered3 = [8]float32{-4, -3, -2, -1, 0, 1, 2, 3}
	centered4 = [16]float32{-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7}
	centered5 = centeredFive()
	signed8   = signedBytes()

	// twiceE2M1 has the E2M1 numbers of MXFP4 and NVFP4, times two; ggml takes -0 as +0.
	twiceE2M1 = [16]float32{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12}

	// nonlinear4 has the values of IQ4_NL and IQ4_XS.
	nonlinear4 = [16]float32{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}

	// The same as codes for integer products, of two nibbles at once.
	e2m1Pairs      = codePairs(&twiceE2M1, 12)
	nonlinearPairs = codePairs(&nonlinear4, 128)
)

func codePairs(values *[16]float32, offset float32) (t [256]uint16) {
	for i := range t {
		t[i] = uint16(values[i&15]+offset) | uint16(values[i>>4]+offset)<<8
	}
	return t
}

func centeredFive() (t [32]float32) {
	for i := range t {
		t[i] = float32(i - 16)
	}
	return t
}

func signedBytes() (t [256]float32) {
	for i := range t {
		t[i] = float32(int8(i))
	}
	return t
}

// nibbles decodes 32 weights of four bits: low nibbles are the first 16.
func nibbles(y *[32]float32, qs *[16]byte, values *[16]float32, d float32) {
	for i, q := range qs {
		y[i] = values[q&15] * d
		y[i+16] = values[q>>4] * d
	}
}

// planes decodes 64 weights of two bits, of which each bit plane belongs to one sub-block with values of its own:
// bits 2k of qs[i] are weight i of the sub-block at y[32k].
func planes(y *[112]float32, qs *[16]byte, values *[4][4]float32) {
	for i, q := range qs {
		y[i] = values[0][q&3]
		y[i+32] = values[1][q>>2&3]
		y[i+64] = values[2][q>>4&3]
		y[i+96] = values[3][q>>6]
	}
}

// plane returns code j of a field of two-bit planes: 32 bytes hold 128 weights, their lowest bits the first 32.
func plane(qs []byte, j int) byte { return qs[j/128*32+j%32] >> (j % 128 / 32 * 2) & 3 }

// packPlanes packs codes of two bits as plane unpacks them. Higher bits are left aside.
func packPlanes(qs, codes []byte) {
	clear(qs)
	for j, q := range codes {
		qs[j/128*32+j%32] |= q & 3 << (j % 128 / 32 * 2)
	}
}
