package quant

// TQ1_0 (ggml-common.h, block_tq1_0): 256 weights in 54 bytes, y = d·(code − 1). Five codes of 0, 1, 2 share a byte as
// the digits of a fraction in base 3: the first digit of b/256, the first digit of what remains of it times 3, and so on.
//
//	 0  codes  32 bytes; digit n of byte m is weight 32n + m, then
//	           16 bytes; digit n of byte m is weight 160 + 16n + m, then
//	           4 bytes; digit n (n < 4) of byte m is weight 240 + 4n + m
//	52  d      f16
const tq1_0Bytes = 48 + 4 + 2

// trits has the five digits of every byte, less one.
var trits = allTrits()

func allTrits() (t [256][5]float32) {
	for b := range t {
		for n := range t[b] {
			t[b][n] = float32(trit(byte(b), n)) - 1
		}
	}
	return t
}

// trit returns digit n of b: 0, 1 or 2.
func trit(b byte, n int) byte {
	for range n {
		b *= 3
	}
	return byte(uint16(b) * 3 >> 8)
}

func decodeTQ1_0(dst []float32, src []byte) {
	for ; len(src) >= tq1_0Bytes; dst, src = dst[256:], src[tq1_0Bytes:] {
		y, b := (*[256]float32)(dst), (*[tq1_0Bytes]byte)(src)
		d := f16(b[52:])
		for m, q := range b[:32] {
			t := &trits[q]
			y[m], y[m+32], y[m+64], y[m+96], y[m+128] = d*t[0], d*t[1], d*t[2], d*t[3], d*t[4]
		}
		for m, q := range b[32:48] {
			t := &trits[q]
			y[m+160], y[m+176], y[m+192], y[m+208], y[m+224] = d*t[0], d*t[1], d*t[2], d*t[3], d*t[4]
		}
		for m, q := range b[48:52] {
			t := &trits[q]
			y[m+240], y[m+244], y[m+248], y[m+252] = d*t[0], d*t[1], d*t[2], d*t[3]
		}
	}
}

func unpackTQ1_0(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= tq1_0Bytes; codes, scales, src = codes[256:], scales[8:], src[tq1_0Bytes:] {
		b := (*[tq1_0Bytes]byte)(src)
		repeat(scales[:8], f16(b[52:]))
		tritCodes(codes[:160], b[:32])
		tritCodes(codes[160:240], b[32:48])
		for m, q := range b[48:52] {
			for n := range 4 {
				codes[240+4*n+m] = byte(uint16(q) * 3 >> 8)
				q *= 3
			}
		}
	}
}

// tritCodes unpacks five digits of every byte, all first digits first.
func tritCodes(codes []uint8, qs []byte) {
	const even = 0x00ff00ff00ff00ff
	for i := 0; i < len(qs); i += 8 {
		q := load(qs[i:])
		low, high := q&even, q>>8&even // every other byte, with room for the product
		for k := i; k < len(codes); k += len(qs) {
			low, high = 3*low, 3*high
			store(codes[k:], low>>8&even|high&^even)
			low, high = low&even, high&even
		}
	}
}

// tritPlace returns the byte and the digit that hold weight j.
func tritPlace(j int) (index, digit int) {
	switch {
	case j < 160:
		return j % 32, j / 32
	case j < 240:
		return 32 + j%16, (j - 160) / 16
	}
	return 48 + j%4, (j - 240) / 4
}

func encodeTQ1_0(b []byte, x, _ []float32) {
	d := abs(largest(x))
	r := inverse(d)
	var digits [52][5]int32
	for j, v := range x {
		i, n := tritPlace(j)
		digits[i][n] = away(v*r) + 1
	}
	for i, t := range digits {
		q := (((t[0]*3+t[1])*3+t[2])*3+t[3])*3 + t[4]
		b[i] = byte((q*256 + 242) / 243) // rounded up, so that the digits come out exactly
	}
	putF16(b[52:], d)
}

func fieldsTQ1_0(b []byte) []Field {
	code := func(j int) float64 {
		i, n := tritPlace(j)
		return float64(trit(b[i], n))
	}
	return []Field{field("codes", 0, 52, 256, code), scaleField("d", b, 52)}
}
