package quant

import "math"

// F16ToF32 widens an IEEE binary16 number. It is exact; a signalling NaN becomes quiet, as the hardware's conversion makes it.
func F16ToF32(h uint16) float32 {
	magnitude := uint32(h&0x7fff) << 13
	sign := uint32(h&0x8000) << 16
	if magnitude < 0x7c00<<13 {
		// The exponent's bias is 15 here and 127 there; multiplying mends that, and normalises subnormals on the way.
		const rebias = 1 << (127 - 15)
		return math.Float32frombits(sign | math.Float32bits(math.Float32frombits(magnitude)*rebias))
	}
	if magnitude > 0x7c00<<13 {
		magnitude |= 1 << 22
	}
	return math.Float32frombits(sign | 0x7f800000 | magnitude)
}

// BF16ToF32 widens a bfloat16 number: the upper half of a float32. NaNs keep all their bits.
func BF16ToF32(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }
