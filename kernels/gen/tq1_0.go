package main

import "github.com/mmcloughlin/avo/reg"

// unpackTQ1_0: 52 bytes with codes 0, 1, 2 as the digits of a fraction in base 3, d f16. Digit n of bytes 0 … 31 makes
// block n; digits of bytes 32 … 47 follow, half a block each, and at last four digits of bytes 48 … 51.
func unpackTQ1_0(p *panel) {
	p.scaleAll(8, p.highHalf(p.column(38, 3)))
	for k := range 2 {
		for j, c := range p.columns(16 * k) {
			p.trits(c, 5, func(n int, x reg.VecVirtual) { p.code(n, 4*k+j, x) })
		}
	}
	for j, c := range p.columns(32) {
		p.trits(c, 5, func(n int, x reg.VecVirtual) { p.code(5+n/2, n%2*4+j, x) })
	}
	p.trits(p.column(36, 3), 4, func(n int, x reg.VecVirtual) { p.code(7, 4+n, x) })
}

// trits yields the first digits of the bytes of v: 0 below 256/3, 1 from there on, 2 from 512/3 on. Three times v, without
// the carry, has the rest.
func (p *panel) trits(v reg.VecVirtual, digits int, yield func(n int, x reg.VecVirtual)) {
	v = p.comparable(v) // three times that is comparable, too: 3·128 is 128, without the carry
	for n := range digits {
		yield(n, p.reached(v, 86, 171))
		if n == digits-1 {
			break
		}
		y := p.register()
		p.VPADDB(v, v, y)
		p.VPADDB(v, y, y)
		v = y
	}
}
