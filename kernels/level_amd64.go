//go:build amd64 && !purego

package kernels

import (
	"unsafe"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/cpu"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// vnni is whether this processor runs the kernels of the highest level.
var vnni = cpu.Best() == cpu.AVX512VNNI

// unpackers fill a panel from blocks of 16 rows.
var unpackers = [...]func(panel, rows *byte, stride, blocks int){
	gguf.Q4_0: unpackQ4_0AVX512,
	gguf.Q8_0: unpackQ8_0AVX512,
	gguf.Q4_K: unpackQ4_KAVX512,
}

// fill unpacks so many columns of 16 rows, which begin at rows.
func (m *Matrix) fill(p *panel, f *panelFiller, rows []byte, cols int) {
	if !vnni || int(m.Type) >= len(unpackers) || unpackers[m.Type] == nil {
		f.fill(p, m.Type, m.layout, rows, m.rowBytes, cols)
		return
	}
	blocks := cols / m.Type.BlockWeights()
	_ = rows[(panelRows-1)*m.rowBytes+blocks*m.Type.BlockBytes()-1]
	unpackers[m.Type]((*byte)(unsafe.Pointer(p)), &rows[0], m.rowBytes, blocks)
}

// dots multiply blocks of 16 rows by one token.
var dots = [...]func(acc *float32, rows *byte, stride, blocks int, acts *byte){
	gguf.Q4_0: dotQ4_0VNNI,
	gguf.Q8_0: dotQ8_0VNNI,
	gguf.Q4_K: dotQ4_KVNNI,
}

// dot writes the products of a tile's rows with one token to acc, if there is a kernel that needs no panel.
func (m *Matrix) dot(acc []float32, rows []byte, words []uint32) bool {
	if !vnni || int(m.Type) >= len(dots) || dots[m.Type] == nil {
		return false
	}
	_, _, _ = acc[tileRows-1], rows[tileRows*m.rowBytes-1], words[m.Cols/blockCols*actWords-1]
	for i := range tilePanels {
		dots[m.Type](&acc[i*panelRows], &rows[i*panelRows*m.rowBytes], m.rowBytes, m.Cols/m.Type.BlockWeights(),
			(*byte)(unsafe.Pointer(&words[0])))
	}
	return true
}

// tileFunc is a tile kernel for groups of one width.
type tileFunc func(acc *float32, panels *byte, blocks int, acts *byte, stride, groups, offset int)

// The tile kernels by width, for each of the layouts that types have.
var tileFuncs = map[[2]int][maxWidth + 1]tileFunc{
	{32, 0}:  {1: tilex1VNNI, 2: tilex2VNNI, 4: tilex4VNNI, 6: tilex6VNNI},
	{32, 32}: {1: tileMinx1VNNI, 2: tileMinx2VNNI, 4: tileMinx4VNNI, 6: tileMinx6VNNI},
	{32, 16}: {1: tileMin16x1VNNI, 2: tileMin16x2VNNI, 4: tileMin16x4VNNI, 6: tileMin16x6VNNI},
	{16, 0}:  {1: tile16x1VNNI, 2: tile16x2VNNI, 4: tile16x4VNNI, 6: tile16x6VNNI},
}

func tile(acc []float32, panels *[tilePanels]panel, blocks int, g group, stride int, layout quant.Layout) {
	if !vnni {
		tileGeneric(acc, panels, blocks, g, stride, layout)
		return
	}
	_ = acc[g.n*g.width*tileRows-1]
	_ = g.words[(g.n-1)*stride+blocks*g.width*actWords-1]
	f := tileFuncs[[2]int{layout.Group, layout.MinGroup}][g.width]
	f(&acc[0], (*byte)(unsafe.Pointer(panels)), blocks, (*byte)(unsafe.Pointer(&g.words[0])), 4*stride, g.n, layout.Offset)
}

func quantizeRow(words []uint32, width int, row []float32) { quantizeRowGeneric(words, width, row) }
