package quant

import "encoding/binary"

// Unpackers treat eight codes at once, as the bytes of a word. No sum and no product there leaves its byte.

// each, times a byte, is a word of eight such bytes.
const each = 0x0101010101010101

func load(b []byte) uint64     { return binary.LittleEndian.Uint64(b) }
func store(b []byte, w uint64) { binary.LittleEndian.PutUint64(b, w) }

// nibbleCodes unpacks four-bit codes: low nibbles are the first half.
func nibbleCodes(codes []uint8, qs []byte) {
	low, high := codes[:len(qs)], codes[len(qs):]
	for i := 0; i+8 <= len(qs); i += 8 {
		q := load(qs[i:])
		store(low[i:], q&(15*each))
		store(high[i:], q>>4&(15*each))
	}
}

// unsignedCodes adds 128 to signed codes.
func unsignedCodes(codes []uint8, qs []byte) {
	for i := 0; i+8 <= len(qs); i += 8 {
		store(codes[i:], load(qs[i:])^128*each)
	}
}
