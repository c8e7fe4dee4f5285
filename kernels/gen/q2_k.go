package main

// unpackQ2_K: 16 bytes with a scale and a minimum in their nibbles, 64 bytes in planes of two bits, d and dmin f16. Codes
// are multiplied by their scales.
func unpackQ2_K(p *panel) {
	ends := p.column(68, 3)
	d, dmin := p.half(ends), p.highHalf(ends)
	scales := p.columns(0)
	for b := range 8 {
		p.scale(b, 0, d)
		mins := p.high(scales[b/2])
		for half := range 2 {
			p.minimum(b, half, p.times(mins, b%2*2+half, dmin))
		}
	}
	for i, s := range scales {
		scales[i] = p.low(s)
	}
	for k := range 4 {
		half, part := k/2, k%2
		codes := p.columns(16 + 16*k)
		for plane := range 4 {
			s := 8*half + 2*plane + part
			factor := p.ZMM()
			p.VPSHUFB(p.constant(words), p.shifted(scales[s/4], s%4*8), factor)
			for j, c := range codes {
				x := p.field(c, 2*plane, 3*each)
				p.VPMULLW(factor, x, x) // no byte of the product is above 45
				p.code(4*half+plane, 4*part+j, x)
			}
		}
	}
}

// words is the shuffle that makes two words of the lowest byte of each lane.
var words = constant{0, 0x80, 0, 0x80, 4, 0x80, 4, 0x80, 8, 0x80, 8, 0x80, 12, 0x80, 12, 0x80}
