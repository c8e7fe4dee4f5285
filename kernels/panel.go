package kernels

import (
	"encoding/binary"
	"math"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// A panel is 256 columns of 16 rows of a matrix, unpacked to bytes, in eight blocks of 32 columns. All products with
// quantised weights read panels; what an unpacker has to do is to fill one. Words of a block:
//
//	  0  codes   8 × 16: four codes of one row in a word, lowest first
//	128  scales  2 × 16 float32: of columns 0 … 15 and 16 … 31, or the first for all 32
//	160  minima  2 × 16 float32, likewise
//
// Two panels, 32 rows, make a tile.
const (
	panelRows   = 16
	panelCols   = 256
	blockCols   = 32
	blockScales = 8 * panelRows
	blockMins   = blockScales + 2*panelRows
	blockWords  = blockMins + 2*panelRows
	panelWords  = panelCols / blockCols * blockWords
	tilePanels  = 2
	tileRows    = tilePanels * panelRows
)

type panel [panelWords]uint32

// panelFiller unpacks rows in plain Go: the specification of the unpackers in assembly.
type panelFiller struct {
	codes        [panelCols]uint8
	scales, mins [panelCols / 16]float32
}

// fill unpacks so many columns of 16 rows that are stride bytes apart.
func (f *panelFiller) fill(p *panel, t gguf.Type, layout quant.Layout, rows []byte, stride, cols int) {
	size, _ := t.RowBytes(cols)
	codes, scales := f.codes[:cols], f.scales[:cols/layout.Group]
	mins := f.mins[:0]
	if layout.MinGroup > 0 {
		mins = f.mins[:cols/layout.MinGroup]
	}
	for r := range panelRows {
		if err := quant.Unpack(t, codes, scales, mins, rows[r*stride:][:size]); err != nil {
			panic(err) // NewMatrix checked type and sizes
		}
		p.setRow(r, codes, scales, mins, layout)
	}
}

func (p *panel) setRow(r int, codes []uint8, scales, mins []float32, layout quant.Layout) {
	for i := 0; i < len(codes); i += 4 {
		p[i/blockCols*blockWords+i%blockCols/4*panelRows+r] = binary.LittleEndian.Uint32(codes[i:])
	}
	p.setFloats(r, blockScales, scales, layout.Group)
	p.setFloats(r, blockMins, mins, layout.MinGroup)
}

func (p *panel) setFloats(r, field int, values []float32, group int) {
	for i, v := range values {
		col := i * group
		p[col/blockCols*blockWords+field+col%blockCols/16*panelRows+r] = math.Float32bits(v)
	}
}
