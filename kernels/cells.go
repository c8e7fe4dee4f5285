package kernels

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// Cells is a cache of keys or values, [cells, kv_heads, dim]: float32 numbers, or those of a block type, as
// [quant.Encode] makes them of the dim numbers of a head. It is a view.
type Cells struct {
	floats  []float32
	bytes   []byte
	format  *quant.Format
	rowSize int // bytes of a head
}

// FloatCells returns a view of x as a cache.
func FloatCells(x []float32) Cells { return Cells{floats: x} }

// NewCells returns a view of bytes as a cache of a type whose heads have dim numbers. The error says that the type is
// unknown, that dim numbers are no whole blocks of it, or that bytes are no whole heads.
func NewCells(t gguf.Type, dim int, bytes []byte) (Cells, error) {
	format, err := quant.Of(t)
	if err != nil {
		return Cells{}, err
	}
	size, ok := t.RowBytes(dim)
	if !ok || dim <= 0 {
		return Cells{}, fmt.Errorf("cache of %v with heads of %d numbers: a head must be whole blocks of %d", t, dim, t.BlockWeights())
	}
	if len(bytes)%size != 0 {
		return Cells{}, fmt.Errorf("cache of %v with heads of %d numbers: %d bytes are no whole heads of %d", t, dim, len(bytes), size)
	}
	return Cells{bytes: bytes, format: format, rowSize: size}, nil
}

// cells returns how many cells of a shape there are. The error says that the heads are of another size, or that the last
// cell is not whole.
func (c *Cells) cells(h *HeadShape) (int, error) {
	total, head, unit := len(c.floats), h.Dim, "numbers"
	if c.format != nil {
		total, head, unit = len(c.bytes), c.rowSize, "bytes"
		if size, _ := c.format.Type.RowBytes(h.Dim); size != head {
			dim := head / c.format.Type.BlockBytes() * c.format.Type.BlockWeights()
			return 0, fmt.Errorf("attention of heads of %d numbers: the cache of %v has heads of %d", h.Dim, c.format.Type, dim)
		}
	}
	if total%(h.KVHeads*head) != 0 {
		return 0, fmt.Errorf("attention over [cells, %d, %d]: a cache of %d %s is not whole cells of %d", h.KVHeads, h.Dim, total, unit, h.KVHeads*head)
	}
	return total / (h.KVHeads * head), nil
}

// row returns where a head of a cell lies, counted in heads.
func (a *attention) row(cell, head int) int { return cell*a.KVHeads + head }

// direct reports whether n cells can be read as they lie: numbers that fill registers.
func (a *attention) direct(c *Cells) bool { return c.floats != nil && a.Dim%attnGroup == 0 }

// unpack writes n heads of cells to dst, width numbers apart.
func (a *attention) unpack(dst []float32, c *Cells, cell, head, n int) {
	width := a.width()
	if c.floats == nil {
		heads := c.bytes[a.row(cell, head)*c.rowSize:]
		if a.set.unpackRows(c.format.Type, dst, width, heads, a.KVHeads*c.rowSize, n, a.Dim) {
			return
		}
	}
	for i := range n {
		row, at := dst[i*width:][:a.Dim], a.row(cell+i, head)
		if c.floats != nil {
			copy(row, c.floats[at*a.Dim:])
		} else if err := c.format.Decode(row, c.bytes[at*c.rowSize:][:c.rowSize]); err != nil {
			panic(err) // NewCells checked the sizes
		}
	}
}

// prefetch asks for n heads of cells.
func (a *attention) prefetch(c *Cells, cell, head, n int) {
	if c.floats != nil {
		a.set.prefetchFloats(c.floats[a.row(cell, head)*a.Dim:], a.KVHeads*a.Dim, n, a.Dim)
	} else {
		a.set.prefetchBytes(c.bytes[a.row(cell, head)*c.rowSize:], a.KVHeads*c.rowSize, n, c.rowSize)
	}
}
