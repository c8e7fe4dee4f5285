package kernels

import (
	"math"

	"github.com/sonde-ml/sonde/kernels/quant"
)

// tileGeneric adds to acc [groups, width, 32] the products of a tile's first blocks with groups of tokens. It is the
// specification: every other tile kernel gives the same bits. A group of columns that shares a scale adds
//
//	float32(Σ (code−offset)·activation) · (weight scale · activation scale)
//
// to its output, in order, where the sum is an exact integer; then each minimum in the block takes minimum·(scale·Σ codes)
// off. All four operations are rounded: there is no fused multiply-add.
func tileGeneric(acc []float32, panels *[tilePanels]panel, blocks int, g group, stride int, layout quant.Layout) {
	for i := range g.n {
		for b := range blocks {
			words := g.words[i*stride+b*g.width*actWords:]
			for t := range g.width {
				for r := range tileRows {
					p := panels[r/panelRows][b*blockWords+r%panelRows:]
					sum := &acc[(i*g.width+t)*tileRows+r]
					*sum = addBlock(*sum, p, words[t:], g.width, layout)
				}
			}
		}
	}
}

// addBlock adds what one block of 32 columns contributes to one output.
func addBlock(sum float32, p, words []uint32, width int, layout quant.Layout) float32 {
	parts := blockCols / layout.Group
	for half := range parts {
		total := -int32(layout.Offset) * int32(words[(actSums+part(parts, half))*width])
		for j := half * 8 / parts; j < (half+1)*8/parts; j++ {
			total += dot4(p[j*panelRows], words[j*width])
		}
		scale := math.Float32frombits(p[blockScales+half*panelRows]) * math.Float32frombits(words[actScale*width])
		sum += float32(float32(total) * scale)
	}
	if layout.MinGroup == 0 {
		return sum
	}
	parts = blockCols / layout.MinGroup
	for half := range parts {
		scaled := math.Float32frombits(words[(actScaled+part(parts, half))*width])
		sum -= float32(math.Float32frombits(p[blockMins+half*panelRows]) * scaled)
	}
	return sum
}

// part is the entry of a field of sums: that of all 32 columns, or of one half of them.
func part(parts, half int) int {
	if parts == 1 {
		return 0
	}
	return 1 + half
}

// dot4 is the sum of four products of unsigned codes and signed activations.
func dot4(codes, activations uint32) int32 {
	return int32(codes&255)*int32(int8(activations)) +
		int32(codes>>8&255)*int32(int8(activations>>8)) +
		int32(codes>>16&255)*int32(int8(activations>>16)) +
		int32(codes>>24)*int32(int8(activations>>24))
}
