package main

// unpackQ8_K: d float32, 256 signed bytes, which become unsigned, 16 sums of codes.
func unpackQ8_K(p *panel) {
	p.scaleAll(8, p.column(0, 0))
	for b := range 8 {
		p.signedBytes(b, 4+32*b)
	}
}
