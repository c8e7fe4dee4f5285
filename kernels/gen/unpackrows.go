package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
)

// rowUnpackers builds what makes float32 of rows that are some bytes apart: of matrices of floats and of caches.
func rowUnpackers(a *asm) {
	for _, v := range []vector{zmm, ymm} {
		a.unpackRows(v, "F32", v.bytes, func(d *decoder) {
			x := d.register()
			d.VMOVUPS(d.at(0), x)
			d.put(0, x)
		})
		a.unpackRows(v, "F16", v.bytes/2, func(d *decoder) { d.put(0, d.convert(d.at(0))) })
		a.unpackRows(v, "BF16", v.bytes/2, func(d *decoder) { d.put(0, d.shifted(d.at(0))) })
		a.unpackRows(v, "Q8_0", 34, decodeQ8_0)
	}
}

// unpackRows builds what decodes rows, one after the other, which are strides of bytes apart.
func (a *asm) unpackRows(v vector, name string, size int, body func(d *decoder)) {
	a.function("unpackRows"+name+v.level, "func(dst *float32, dstStride int, src *byte, srcStride, rows, pieces int)",
		fmt.Sprintf("decodes rows of so many pieces of %d bytes.", size))
	dst, src := a.Load(a.Param("dst"), a.GP64()), a.Load(a.Param("src"), a.GP64())
	dstStride, srcStride := a.Load(a.Param("dstStride"), a.GP64()), a.Load(a.Param("srcStride"), a.GP64())
	rows, pieces := a.Load(a.Param("rows"), a.GP64()), a.Load(a.Param("pieces"), a.GP64())
	d, left := &decoder{asm: a, vector: v, lanes: v.bytes / 4, dst: a.GP64(), src: a.GP64()}, a.GP64()
	a.Label("row")
	a.MOVQ(dst, d.dst)
	a.MOVQ(src, d.src)
	a.MOVQ(pieces, left)
	a.Label("piece")
	body(d)
	a.ADDQ(U32(uint32(size)), d.src)
	a.ADDQ(U32(uint32(4*d.written)), d.dst)
	a.DECQ(left)
	a.JNE(LabelRef("piece"))
	a.ADDQ(dstStride, dst)
	a.ADDQ(srcStride, src)
	a.DECQ(rows)
	a.JNE(LabelRef("row"))
	a.end()
}
