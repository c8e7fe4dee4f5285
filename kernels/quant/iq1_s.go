package quant

import "encoding/binary"

// IQ1_S (ggml-common.h, block_iq1_s): 256 weights in 50 bytes, eight sub-blocks of 32,
// y = (d·(2·scale + 1))·(grid + shift), eight weights to a point of the grid of 2048, whose levels are −1, 0, 1.
//
//	 0  d                     f16
//	 2  grid                  32 bytes, the low eight bits of the points
//	34  high, scales, shifts  8 × u16; from the lowest bit 4 × 3 more bits for each point, 3 bits of scale, and one bit
//	                          that makes the shift −1/8 instead of 1/8
const iq1_sBytes = 2 + 32 + 16

func decodeIQ1_S(dst []float32, src []byte) {
	for ; len(src) >= iq1_sBytes; dst, src = dst[256:], src[iq1_sBytes:] {
		b := (*[iq1_sBytes]byte)(src)
		d := f16(b[:])
		for s := range 8 {
			word := binary.LittleEndian.Uint16(b[34+2*s:])
			scaled, shift := d*float32(2*(word>>12&7)+1), iq1Shifts[word>>15]
			for g := 4 * s; g < 4*s+4; g++ {
				shiftedWeights((*[8]float32)(dst[8*g:]), &iq1sGrid[int(b[2+g])|int(word&7)<<8], shift, scaled)
				word >>= 3
			}
		}
	}
}

func unpackIQ1_S(codes []uint8, scales, _ []float32, src []byte) {
	for ; len(src) >= iq1_sBytes; codes, scales, src = codes[256:], scales[8:], src[iq1_sBytes:] {
		b := (*[iq1_sBytes]byte)(src)
		d := f16(b[:])
		for s := range 8 {
			word := binary.LittleEndian.Uint16(b[34+2*s:])
			scales[s] = d * float32(2*(word>>12&7)+1) * 0.125
			negative := byte(word >> 15)
			for g := 4 * s; g < 4*s+4; g++ {
				store(codes[8*g:], shiftedCodes(int(b[2+g])|int(word&7)<<8, negative))
				word >>= 3
			}
		}
	}
}

// shiftedCodes returns the codes of a point of IQ1_S and IQ1_M: eight times the level and the shift, plus 16.
func shiftedCodes(point int, negative byte) uint64 {
	return iq1sBytes[point] + each - uint64(negative)*2*each
}

// iq1Shifts are the shifts of a stored bit.
var iq1Shifts = [2]float32{0.125, -0.125}

// shiftedWeights decodes the eight weights of a point of IQ1_S and IQ1_M.
func shiftedWeights(y, grid *[8]float32, shift, d float32) {
	for j := 0; j < len(y); j += 4 {
		y[j] = d * (grid[j] + shift)
		y[j+1] = d * (grid[j+1] + shift)
		y[j+2] = d * (grid[j+2] + shift)
		y[j+3] = d * (grid[j+3] + shift)
	}
}

func encodeIQ1_S(b []byte, x, w []float32) {
	var subs [8]oneBit
	var peak float32
	clear(b)
	for s := range subs {
		o := &subs[s]
		o.x, o.w = x[32*s:][:32], w[32*s:][:32]
		if o.sortNumbers(1e-12) {
			o.searchOneShift()
			o.settle(func(int) int { return o.shifts })
		}
		peak = greater(o.scale, peak)
	}
	d := peak / 15
	putF16(b, d*1.125) // the errors that the scales of the sub-blocks add are not symmetric
	for s, o := range subs {
		var word uint16
		for g, point := range o.points {
			b[2+4*s+g] = byte(point)
			word |= uint16(point>>8) << (3 * g)
		}
		if peak > 0 {
			word |= uint16(halfStep(1/d, o.scale, 7))<<12 | uint16(o.shifts)<<15
		}
		binary.LittleEndian.PutUint16(b[34+2*s:], word)
	}
}

// searchOneShift finds levels, scale and one shift for all numbers, from running sums over the sorted numbers.
func (o *oneBit) searchOneShift() {
	var sx, sw [33]float32
	for i, j := range o.order[:len(o.x)] {
		sx[i+1] = sx[i] + float32(o.w[j]*o.x[j])
		sw[i+1] = sw[i] + o.w[j]
	}
	best := newKeeper()
	last := len(o.x)
	o.cuts(func(first, second int) {
		for shift := range shifted {
			l := &shifted[shift]
			a := float32(sx[first]*l[0]) + float32((sx[second]-sx[first])*l[1]) + float32((sx[last]-sx[second])*l[2])
			b := float32(sw[first]*l[0]*l[0]) + float32((sw[second]-sw[first])*l[1]*l[1]) + float32((sw[last]-sw[second])*l[2]*l[2])
			best.offer(a, b, first, second, shift)
		}
	})
	o.keep(best, 1)
}

func fieldsIQ1_S(b []byte) []Field {
	word := func(s int) uint16 { return binary.LittleEndian.Uint16(b[34+2*s:]) }
	high := func(g int) uint16 { return word(g/4) >> (g % 4 * 3) & 7 }
	return []Field{
		scaleField("d", b, 0),
		field("grid", 2, 32, 32, func(g int) float64 { return float64(uint16(b[2+g]) | high(g)<<8) }),
		field("high", 34, 16, 32, func(g int) float64 { return float64(high(g)) }),
		field("scales", 34, 16, 8, func(s int) float64 { return float64(word(s) >> 12 & 7) }),
		field("shifts", 34, 16, 8, func(s int) float64 { return float64(iq1Shifts[word(s)>>15]) }),
	}
}
