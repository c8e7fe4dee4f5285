package main

// unpackQ5_1: d and m f16, u32 with a fifth bit of each code, 16 bytes of nibbles as in Q4_0.
func unpackQ5_1(p *panel) {
	head := p.columns(0)
	p.scale(0, 0, p.half(head[0]))
	p.minimum(0, 0, p.negative(p.highHalf(head[0])))
	p.fiveBits(p.columns(8), head[1])
}
