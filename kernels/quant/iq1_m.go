package quant

import "encoding/binary"

// IQ1_M (ggml-common.h, block_iq1_m): 256 weights in 56 bytes, sixteen sub-blocks of 16,
// y = (d·(2·scale + 1))·(grid + shift), points as in IQ1_S.
//
//	 0  grid          32 bytes, the low eight bits of the points
//	32  high, shifts  16 bytes, nibbles, lowest first: 3 more bits for each point, and one bit that makes its shift −1/8
//	                  instead of 1/8
//	48  scales, d     4 × u16; from the lowest bit 4 × 3 bits of scale, and four bits of d, an f16, lowest first
const iq1_mBytes = 32 + 16 + 8

func decodeIQ1_M(dst []float32, src []byte) {
	for ; len(src) >= iq1_mBytes; dst, src = dst[256:], src[iq1_mBytes:] {
		b := (*[iq1_mBytes]byte)(src)
		d := iq1mScale(b[48:])
		for g := range 32 {
			high := nibbleOf(b[32:], g)
			scaled := d * float32(2*threeBitsOf(b[48:], g/2)+1)
			shiftedWeights((*[8]float32)(dst[8*g:]), &iq1sGrid[int(b[g])|int(high&7)<<8], iq1Shifts[high>>3&1], scaled)
		}
	}
}

func unpackIQ1_M(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= iq1_mBytes; codes, scales, src = codes[256:], scales[16:], src[iq1_mBytes:] {
		b := (*[iq1_mBytes]byte)(src)
		d := iq1mScale(b[48:])
		for s := range 16 {
			scales[s] = d * float32(2*threeBitsOf(b[48:], s)+1) * 0.125
		}
		for g := range 32 {
			high := nibbleOf(b[32:], g)
			store(codes[8*g:], shiftedCodes(int(b[g])|int(high&7)<<8, high>>3))
		}
	}
}

// iq1mScale gathers d from the highest nibbles of the four words of scales.
func iq1mScale(scales []byte) float32 {
	words := binary.LittleEndian.Uint64(scales)
	return F16ToF32(uint16(words>>12&0xf | words>>24&0xf0 | words>>36&0xf00 | words>>48&0xf000))
}

// threeBitsOf returns the scale of sub-block s (0 … 15).
func threeBitsOf(scales []byte, s int) byte {
	word := binary.LittleEndian.Uint16(scales[s/4*2:])
	return byte(word>>(s%4*3)) & 7
}

func encodeIQ1_M(b []byte, x, w []float32) {
	var buffer [256]float32
	if w == nil {
		w = buffer[:]
		squares(w, x)
	}
	var subs [16]oneBit
	var peak float32
	clear(b)
	for s := range subs {
		o := &subs[s]
		o.x, o.w = x[16*s:][:16], w[16*s:][:16]
		if o.sortNumbers(1e-7) {
			o.searchTwoShifts()
			o.settle(o.shiftOf)
		}
		peak = greater(o.scale, peak)
		for g, point := range o.points[:2] {
			b[2*s+g] = byte(point)
			b[32+s] |= byte(point >> 8 << (4 * g))
		}
	}
	if peak > 0 {
		scaleIQ1_M(b, &subs, peak/15)
	}
}

// searchTwoShifts finds levels, scale and a shift for each eight numbers.
func (o *oneBit) searchTwoShifts() {
	best := newKeeper()
	o.cuts(func(first, second int) {
		var a, b [4]float32
		for i, j := range o.order[:len(o.x)] {
			level := 0
			if i >= first {
				level++
			}
			if i >= second {
				level++
			}
			for shifts := range a {
				l := shifted[shifts>>(1-j/8)&1][level]
				a[shifts] += float32(o.w[j] * l * o.x[j])
				b[shifts] += float32(o.w[j] * l * l)
			}
		}
		for shifts := range a {
			best.offer(a[shifts], b[shifts], first, second, shifts)
		}
	})
	o.keep(best, 3)
}

// shiftOf returns the shift of a group of IQ1_M: of the first eight numbers or of the others.
func (o *oneBit) shiftOf(group int) int { return o.shifts >> (1 - group) & 1 }

// scaleIQ1_M writes the codes of the scales and shifts, and the scale of the block that fits the codes best.
func scaleIQ1_M(b []byte, subs *[16]oneBit, d float32) {
	var words [4]uint16
	var sx, sq float32
	for s := range subs {
		o := &subs[s]
		code := halfStep(1/d, o.scale, 7)
		words[s/4] |= uint16(code) << (s % 4 * 3)
		b[32+s] |= byte(o.shiftOf(0)<<3 | o.shiftOf(1)<<7)
		for i, v := range o.x {
			point := &iq1sGrid[o.points[i/8]]
			q := shifted[o.shiftOf(i/8)][int(point[i%8])+1] * float32(2*code+1)
			sx += float32(o.w[i] * q * v)
			sq += float32(o.w[i] * q * q)
		}
	}
	if sq > 0 {
		d = sx / sq
	}
	h := F32ToF16(d * 1.1125)
	for i, word := range words {
		binary.LittleEndian.PutUint16(b[48+2*i:], word|h>>(4*i)<<12)
	}
}

func fieldsIQ1_M(b []byte) []Field {
	high := func(g int) byte { return nibbleOf(b[32:], g) }
	return []Field{
		field("grid", 0, 32, 32, func(g int) float64 { return float64(uint16(b[g]) | uint16(high(g)&7)<<8) }),
		field("high", 32, 16, 32, func(g int) float64 { return float64(high(g) & 7) }),
		field("shifts", 32, 16, 32, func(g int) float64 { return float64(iq1Shifts[high(g)>>3]) }),
		field("scales", 48, 8, 16, func(s int) float64 { return float64(threeBitsOf(b[48:], s)) }),
		field("d", 48, 8, 1, func(int) float64 { return float64(iq1mScale(b[48:])) }),
	}
}
