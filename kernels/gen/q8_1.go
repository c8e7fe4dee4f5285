package main

// unpackQ8_1: d and s f16, 32 signed bytes, which become unsigned.
func unpackQ8_1(p *panel) {
	p.scale(0, 0, p.first())
	p.signedBytes(0, 4)
}
