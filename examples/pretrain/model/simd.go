//go:build amd64 && goexperiment.simd

package model

import "simd/archsimd"

// With GOEXPERIMENT=simd (Go 1.26) products of matrices and exponentials run in vectors of 16. A tile of c, 4 rows × 32
// columns, stays in registers while p goes over a column of a and a row of b. The order of every sum is the same as
// without, and products are rounded before they are added, so the bits are those of plain.go.

const (
	tileRows = 4
	lanes    = 16
)

var hasAVX512 = archsimd.X86.AVX512()

func addProduct32(c, a, b matrix[float32], m, n, k int) {
	wide := n - n%lanes
	if !hasAVX512 || wide == 0 {
		addProductBLAS(c, a, b, m, n, k)
		return
	}
	i := 0
	for ; i+tileRows <= m; i += tileRows {
		j := 0
		for ; j+2*lanes <= wide; j += 2 * lanes {
			tile4x32(c.from(i, j), a.from(i, 0), b.from(0, j), k)
		}
		if j < wide {
			tile4x16(c.from(i, j), a.from(i, 0), b.from(0, j), k)
		}
	}
	for ; i < m; i++ {
		for j := 0; j < wide; j += lanes {
			tile1x16(c.from(i, j), a.from(i, 0), b.from(0, j), k)
		}
	}
	if wide < n {
		addProductBLAS(c.from(0, wide), a, b.from(0, wide), m, n-wide, k)
	}
}

func load(x []float32) archsimd.Float32x16 { return archsimd.LoadFloat32x16Slice(x) }

func tile4x32(c, a, b matrix[float32], k int) {
	c0, c1, c2, c3 := c.data, c.data[c.row:], c.data[2*c.row:], c.data[3*c.row:]
	s00, s01 := load(c0), load(c0[lanes:])
	s10, s11 := load(c1), load(c1[lanes:])
	s20, s21 := load(c2), load(c2[lanes:])
	s30, s31 := load(c3), load(c3[lanes:])
	x, y := a.data, b.data
	at, bt := 0, 0
	for range k {
		y0, y1 := load(y[bt:]), load(y[bt+lanes:])
		v := archsimd.BroadcastFloat32x16(x[at])
		s00, s01 = s00.Add(v.Mul(y0)), s01.Add(v.Mul(y1))
		v = archsimd.BroadcastFloat32x16(x[at+a.row])
		s10, s11 = s10.Add(v.Mul(y0)), s11.Add(v.Mul(y1))
		v = archsimd.BroadcastFloat32x16(x[at+2*a.row])
		s20, s21 = s20.Add(v.Mul(y0)), s21.Add(v.Mul(y1))
		v = archsimd.BroadcastFloat32x16(x[at+3*a.row])
		s30, s31 = s30.Add(v.Mul(y0)), s31.Add(v.Mul(y1))
		at, bt = at+a.col, bt+b.row
	}
	s00.StoreSlice(c0)
	s01.StoreSlice(c0[lanes:])
	s10.StoreSlice(c1)
	s11.StoreSlice(c1[lanes:])
	s20.StoreSlice(c2)
	s21.StoreSlice(c2[lanes:])
	s30.StoreSlice(c3)
	s31.StoreSlice(c3[lanes:])
}

func tile4x16(c, a, b matrix[float32], k int) {
	c0, c1, c2, c3 := c.data, c.data[c.row:], c.data[2*c.row:], c.data[3*c.row:]
	s0, s1, s2, s3 := load(c0), load(c1), load(c2), load(c3)
	x, y := a.data, b.data
	at, bt := 0, 0
	for range k {
		y0 := load(y[bt:])
		s0 = s0.Add(archsimd.BroadcastFloat32x16(x[at]).Mul(y0))
		s1 = s1.Add(archsimd.BroadcastFloat32x16(x[at+a.row]).Mul(y0))
		s2 = s2.Add(archsimd.BroadcastFloat32x16(x[at+2*a.row]).Mul(y0))
		s3 = s3.Add(archsimd.BroadcastFloat32x16(x[at+3*a.row]).Mul(y0))
		at, bt = at+a.col, bt+b.row
	}
	s0.StoreSlice(c0)
	s1.StoreSlice(c1)
	s2.StoreSlice(c2)
	s3.StoreSlice(c3)
}

func tile1x16(c, a, b matrix[float32], k int) {
	s := load(c.data)
	for p := range k {
		s = s.Add(archsimd.BroadcastFloat32x16(a.data[p*a.col]).Mul(load(b.data[p*b.row:])))
	}
	s.StoreSlice(c.data)
}

// expAll32 does what exp32 does, operation by operation, for 16 numbers at once.
func expAll32(x []float32) {
	if !hasAVX512 {
		expEach32(x)
		return
	}
	for len(x) >= lanes {
		exp32x16(load(x)).StoreSlice(x)
		x = x[lanes:]
	}
	expEach32(x)
}

func exp32x16(x archsimd.Float32x16) archsimd.Float32x16 {
	all := archsimd.BroadcastFloat32x16
	small := x.LessEqual(all(expLeast))
	x = x.Min(all(expMost))
	shifted := x.Mul(all(log2e)).Add(all(round))
	n := shifted.Sub(all(round))
	r := x.Sub(n.Mul(all(ln2hi))).Sub(n.Mul(all(ln2lo)))
	p := all(0)
	for _, c := range taylor {
		p = p.Mul(r).Add(all(c))
	}
	bits := p.AsInt32x16().Add(shifted.AsInt32x16().ShiftAllLeft(23))
	return all(0).Merge(bits.AsFloat32x16(), small)
}
