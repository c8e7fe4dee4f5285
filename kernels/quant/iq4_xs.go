package quant

import "encoding/binary"

// IQ4_XS (ggml-common.h, block_iq4_xs): 256 weights in 136 bytes, eight sub-blocks of 32, y = (d·(scale − 32))·t[code],
// t as in IQ4_NL.
//
//	0  d       f16
//	2  scales  u16, the high two bits of each, then 4 bytes, the low nibbles; lowest bits first in both
//	8  codes   128 bytes; 16 bytes hold a sub-block, nibbles as in Q4_0
const iq4_xsBytes = 2 + 2 + 4 + 128

func decodeIQ4_XS(dst []float32, src []byte) {
	for ; len(src) >= iq4_xsBytes; dst, src = dst[256:], src[iq4_xsBytes:] {
		b := (*[iq4_xsBytes]byte)(src)
		d := f16(b[:])
		for s := range 8 {
			scaled := d * (float32(iq4Scale(b[:], s)) - 32)
			nibbles((*[32]float32)(dst[32*s:]), (*[16]byte)(b[8+16*s:]), &nonlinear4, scaled)
		}
	}
}

func unpackIQ4_XS(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= iq4_xsBytes; codes, scales, src = codes[256:], scales[8:], src[iq4_xsBytes:] {
		b := (*[iq4_xsBytes]byte)(src)
		d := f16(b[:])
		for s := range 8 {
			scales[s] = d * (float32(iq4Scale(b[:], s)) - 32)
			pairedCodes(codes[32*s:][:32], b[8+16*s:][:16], &nonlinearPairs)
		}
	}
}

// iq4Scale returns the 6-bit scale of sub-block s of a block.
func iq4Scale(b []byte, s int) byte {
	high := binary.LittleEndian.Uint16(b[2:])
	return nibbleOf(b[4:], s) | byte(high>>(2*s))&3<<4
}

// nibbleOf returns nibble i of b, low nibbles first.
func nibbleOf(b []byte, i int) byte { return b[i/2] >> (i % 2 * 4) & 15 }

func encodeIQ4_XS(b []byte, x, w []float32) {
	var scales [8]float32
	for s := range scales {
		var weights []float32
		if w != nil {
			weights = w[32*s:][:32]
		}
		scales[s] = nonlinearScale(x[32*s:][:32], weights)
	}
	d := -largest(scales[:]) / 32
	r := inverse(d)
	clear(b)
	putF16(b, d)
	for s, scale := range scales {
		l := clampNear(r*scale, -32, 31)
		putIQ4Scale(b, s, byte(l+32))
		var codes [32]byte
		roundNonlinear(codes[:], x[32*s:][:32], inverse(d*float32(l))) // d as it was before rounding
		packNibbles(b[8+16*s:][:16], codes[:], 16)
	}
}

// putIQ4Scale is the inverse of iq4Scale, on a block whose scales are zero.
func putIQ4Scale(b []byte, s int, scale byte) {
	b[4+s/2] |= scale & 15 << (s % 2 * 4)
	b[2+s/4] |= scale >> 4 << (s % 4 * 2)
}

func fieldsIQ4_XS(b []byte) []Field {
	return []Field{
		scaleField("d", b, 0),
		field("scales", 2, 6, 8, func(s int) float64 { return float64(iq4Scale(b, s)) }),
		nibbleField(b, 8, 256, 16),
	}
}
