package quant

import (
	"encoding/binary"
	"math"
)

// F16ToF32 widens an IEEE binary16 number. It is exact; a signalling NaN becomes quiet, as in the hardware's conversion.
func F16ToF32(h uint16) float32 {
	const exponent = 0x1f << 23
	x := uint32(int32(int16(h))<<13) & 0x8fffe000 // sign to bit 31, exponent and fraction below bit 28
	if x&exponent != exponent {
		// The exponent's bias is 15 there and 127 here. A multiplication mends that, and normalises subnormals.
		return math.Float32frombits(x) * (1 << (127 - 15))
	}
	if x&0x7fffff != 0 {
		x |= 1 << 22
	}
	return math.Float32frombits(x | 0x7f800000)
}

// F32ToF16 rounds to IEEE binary16, ties to even. From 65520 on it is infinity; a NaN becomes 0x7e00 with its sign.
func F32ToF16(f float32) uint16 {
	x := math.Float32bits(f)
	sign, magnitude := uint16(x>>16&0x8000), x&0x7fffffff
	switch {
	case magnitude > 0x7f800000:
		return sign | 0x7e00
	case magnitude >= 0x477ff000: // 65520
		return sign | 0x7c00
	case magnitude < 0x38800000: // 2⁻¹⁴, the smallest normal number
		// Adding 1/2 makes the unit in the last place 2⁻²⁴, the smallest subnormal.
		return sign | uint16(math.Float32bits(math.Float32frombits(magnitude)+0.5)-math.Float32bits(0.5))
	}
	magnitude += 0xfff + magnitude>>13&1
	return sign | uint16((magnitude-(127-15)<<23)>>13)
}

// BF16ToF32 widens a bfloat16 number: the upper half of a float32. NaNs keep all their bits.
func BF16ToF32(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }

// F32ToBF16 rounds to bfloat16, ties to even. A NaN keeps its upper half and becomes quiet.
func F32ToBF16(f float32) uint16 {
	x := math.Float32bits(f)
	if x&0x7fffffff > 0x7f800000 {
		return uint16(x>>16) | 1<<6
	}
	return uint16((x + 0x7fff + x>>16&1) >> 16)
}

// f16 reads the scale at the start of b.
func f16(b []byte) float32 { return F16ToF32(binary.LittleEndian.Uint16(b)) }

// putF16 rounds v and stores it at the start of b.
func putF16(b []byte, v float32) { binary.LittleEndian.PutUint16(b, F32ToF16(v)) }
