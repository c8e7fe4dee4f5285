package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// constants loads those of VNNI. What AVX2 needs it asks for by word.
func (d *dotSink) constants() {
	if d.bytes == 32 {
		return
	}
	minus := d.GP32()
	d.negative, d.zero = d.ZMM(), d.ZMM()
	d.MOVL(I32(int32(-d.offset)), minus)
	d.VPBROADCASTD(minus, d.negative)
	d.VPXORD(d.zero, d.zero, d.zero)
}

// multiply adds the products of codes 4j … 4j+3 of a block with the token's to their group.
func (d *dotSink) multiply(block, j int, v reg.VecVirtual) {
	if d.bytes == 32 {
		d.addPairs(block, j, d.pairs(block, j, v))
		return
	}
	sum := &d.groups[d.group(block, j)].ints[j%d.chains()]
	if *sum == nil {
		*sum = d.begin(block, j)
	}
	if d.products != nil {
		d.VPDPBUSD(d.actAt(block, 4*j), v, *sum)
	} else {
		d.VPDPBUSD_BCST(d.actAt(block, 4*j), v, *sum)
	}
}

// pairs returns the products of codes 4j … 4j+3 of a block with the token's, of two at a time.
func (d *dotSink) pairs(block, j int, v reg.VecVirtual) reg.VecVirtual {
	if d.products != nil {
		x := d.YMM()
		d.VPMADDUBSW(d.actAt(block, 4*j), v, x)
		return x
	}
	x := d.token(block, 4*j)
	d.VPMADDUBSW(x, v, x)
	return x
}

// begin returns what the products of a chain are added to: what the offset takes off all codes, or zero.
func (d *dotSink) begin(block, j int) reg.VecVirtual {
	sum, i := d.ZMM(), d.group(block, j)
	at := d.actAt(block, actSums+4*part(d.scales, i%d.scales))
	switch {
	case d.offset == 0 || d.groups[i].ints != [2]reg.VecVirtual{}:
		d.VMOVDQA64(d.zero, sum)
	case d.products != nil:
		d.VPMULLD(at, d.negative, sum)
	default:
		d.VPMULLD_BCST(at, d.negative, sum)
	}
	if left := d.groups[i].left; left > 0 && d.offset != 0 {
		d.VPSLLD(U8(left), sum, sum)
	}
	return sum
}

// chains is the number of sums of a scale's products. Each of them waits for the last: where a body has but one block,
// there is little else to do meanwhile, but where the next ones can begin.
func (d *dotSink) chains() int {
	if d.fills <= 2 && d.products == nil {
		return 2
	}
	return 1
}

// integer returns Σ (codes−offset)·activations of a group.
func (d *dotSink) integer(i int) reg.VecVirtual {
	x, other := d.groups[i].ints[0], d.groups[i].ints[1]
	if other != nil {
		d.VPADDD(other, x, x)
	}
	if left := d.groups[i].left; left > 0 {
		d.VPSRAD(U8(left), x, x)
	}
	if d.bytes == 32 && d.offset != 0 && !d.signed {
		y := d.token(i/d.scales, actSums+4*part(d.scales, i%d.scales))
		d.VPMULLD(d.word(uint32(d.offset)), y, y)
		d.VPSUBD(y, x, x)
	}
	return x
}

// signedCode multiplies codes without their offset, 128. As in tiles, their sign goes to the activations.
func (d *dotSink) signedCode(block, j int, v reg.VecVirtual) {
	size, x := d.YMM(), d.token(block, 4*j)
	d.VPABSB(v, size)
	d.VPSIGNB(v, x, x)
	d.VPMADDUBSW(x, size, x)
	d.addPairs(block, j, x)
	d.count(block, j)
}

// mirroredCode is signedCode for codes none of which is −128: they can take the sign of activations that lie across, whose
// magnitudes are known.
func (d *dotSink) mirroredCode(block, j int, v reg.VecVirtual) {
	if d.products == nil {
		d.signedCode(block, j, v)
		return
	}
	size, x := d.token(block, acrossMagnitudes+4*j), d.YMM() // the token's magnitudes, and codes with its signs
	d.VPSIGNB(d.actAt(block, 4*j), v, x)
	d.VPMADDUBSW(x, size, x)
	d.addPairs(block, j, x)
	d.count(block, j)
}

// addPairs adds products in 16 bits to a group: as many of them as fit before they are widened.
func (d *dotSink) addPairs(block, j int, x reg.VecVirtual) {
	g := &d.groups[d.group(block, j)]
	if g.pairs == nil {
		g.pairs = x
	} else {
		d.VPADDW(x, g.pairs, g.pairs)
	}
	if (g.codes+1)%min(8/d.scales, 1<<max(0, 7-d.codeBits)) > 0 {
		return
	}
	d.addInts(block, j, d.word(1<<16|1), g.pairs)
	g.pairs = nil
}

// addInts adds pairs of products, times a factor, to a group.
func (d *dotSink) addInts(block, j int, factor Op, pairs reg.VecVirtual) {
	d.VPMADDWD(factor, pairs, pairs)
	if sum := &d.groups[d.group(block, j)].ints[0]; *sum == nil {
		*sum = pairs
	} else {
		d.VPADDD(pairs, *sum, *sum)
	}
}

// token fills a register with a word of the token, or with that of each block that lies across.
func (d *dotSink) token(block, word int) reg.VecVirtual {
	x := d.YMM()
	if d.products != nil {
		d.VMOVDQU(d.actAt(block, word), x)
		return x
	}
	d.VPBROADCASTD(d.actAt(block, word), x)
	return x
}
