package quant

import "encoding/binary"

// Unpackers treat eight codes at once, as the bytes of a word, the first code lowest. Sums, differences and products of
// such words are those of their bytes as long as none leaves 0 … 255; where that is not plain, a comment says why.

// each is a word of eight ones: times a byte, it is a word of eight such bytes.
const each = 0x0101010101010101

func load(b []byte) uint64     { return binary.LittleEndian.Uint64(b) }
func store(b []byte, w uint64) { binary.LittleEndian.PutUint64(b, w) }

// repeat writes the scale of a block for all its groups.
func repeat(scales []float32, d float32) {
	for i := range scales {
		scales[i] = d
	}
}

// spreadBits returns the bits of b, the lowest first, as bytes 0 or 1.
func spreadBits(b byte) uint64 {
	const diagonal = 0x8040201008040201 // bit j of byte j
	// A byte has its bit j or nothing; adding 127 carries any bit to the highest, and no further.
	return (uint64(b)*each&diagonal + 127*each) >> 7 & each
}

// spreadPairs returns the eight pairs of bits of v, the lowest first, as bytes 0 … 3.
func spreadPairs(v uint16) uint64 {
	w := uint64(v)
	w = (w | w<<24) & 0x000000ff000000ff
	w = (w | w<<12) & 0x000f000f000f000f
	return (w | w<<6) & (3 * each)
}

// nibbleCodes unpacks four-bit codes: low nibbles are the first half.
func nibbleCodes(codes []uint8, qs []byte) {
	low, high := codes[:len(qs)], codes[len(qs):]
	for i := 0; i+8 <= len(qs); i += 8 {
		q := load(qs[i:])
		store(low[i:], q&(15*each))
		store(high[i:], q>>4&(15*each))
	}
}

// pairedCodes unpacks nibbles that stand for other codes: low nibbles are the first half.
func pairedCodes(codes []uint8, qs []byte, pairs *[256]uint16) {
	low, high := codes[:len(qs)], codes[len(qs):]
	for i := 0; i+8 <= len(qs); i += 8 {
		q := load(qs[i:])
		store(low[i:], lookUp(q&(15*each), pairs))
		store(high[i:], lookUp(q>>4&(15*each), pairs))
	}
}

// lookUp replaces eight nibbles, two at a time.
func lookUp(nibbles uint64, pairs *[256]uint16) uint64 {
	p := nibbles | nibbles>>4 // every other byte has two of them
	return uint64(pairs[byte(p)]) | uint64(pairs[byte(p>>16)])<<16 |
		uint64(pairs[byte(p>>32)])<<32 | uint64(pairs[byte(p>>48)])<<48
}

// unsignedCodes adds 128 to signed codes.
func unsignedCodes(codes []uint8, qs []byte) {
	for i := 0; i+8 <= len(qs); i += 8 {
		store(codes[i:], load(qs[i:])^128*each)
	}
}

// planes8 returns the codes of a word of two-bit planes, lowest bits first, see plane.
func planes8(q uint64) [4]uint64 {
	return [4]uint64{q & (3 * each), q >> 2 & (3 * each), q >> 4 & (3 * each), q >> 6 & (3 * each)}
}

// signedCodes8 returns the codes 64 ± magnitude, negative where a bit of signs is set. Magnitudes are below 64.
func signedCodes8(magnitudes uint64, signs byte) uint64 {
	negative := spreadBits(signs) * 255
	return 64*each + magnitudes - 2*(magnitudes&negative)
}
