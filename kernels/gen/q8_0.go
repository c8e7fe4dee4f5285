package main

// unpackQ8_0: d f16, 32 signed bytes, which become unsigned.
func unpackQ8_0(p *panel) {
	p.scale(0, 0, p.first())
	p.signedBytes(0, 2)
}

// signedBytes unpacks a block of signed bytes.
func (p *panel) signedBytes(block, disp int) {
	for j, c := range p.wide(disp) {
		p.signedCode(block, j, c)
	}
}
