//go:build amd64 && !purego

package kernels

import (
	"unsafe"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// The codes of the points that IQ types name, all signs and shifts positive, in the order of weights: assembly looks them
// up here. That of IQ1_S serves IQ1_M, too.
//
//lint:file-ignore U1000 assembly uses them
var (
	gridIQ1_S = [2048]uint64(gridCodes[uint64](gguf.IQ1_S, 2048, func(b []byte, i, point int) {
		b[2+i] = byte(point)
		b[34+i/4*2] |= byte(point >> 8 << (i % 4 * 3))
		b[35+i/4*2] |= byte(point >> 8 << (i % 4 * 3) >> 8)
	}))
	gridIQ2_XXS = [256]uint64(gridCodes[uint64](gguf.IQ2_XXS, 256, func(b []byte, i, point int) {
		b[2+i/4*8+i%4] = byte(point)
	}))
	gridIQ2_XS = [512]uint64(gridCodes[uint64](gguf.IQ2_XS, 512, func(b []byte, i, point int) {
		b[2+2*i], b[3+2*i] = byte(point), byte(point>>8)
	}))
	gridIQ2_S = [1024]uint64(gridCodes[uint64](gguf.IQ2_S, 1024, func(b []byte, i, point int) {
		b[2+i] = byte(point)
		b[66+i/4] |= byte(point >> 8 << (i % 4 * 2))
	}))
	gridIQ3_XXS = [256]uint32(gridCodes[uint32](gguf.IQ3_XXS, 256, func(b []byte, i, point int) {
		b[2+i] = byte(point)
	}))
	gridIQ3_S = [512]uint32(gridCodes[uint32](gguf.IQ3_S, 512, func(b []byte, i, point int) {
		b[2+i] = byte(point)
		b[66+i/8] |= byte(point >> 8 << (i % 8))
	}))
)

// gridCodes unpacks blocks that name all points; put makes one the i-th of its block.
func gridCodes[word uint32 | uint64](t gguf.Type, points int, put func(block []byte, i, point int)) []word {
	size := int(unsafe.Sizeof(word(0)))
	layout, _ := quant.LayoutOf(t)
	var codes [panelCols]uint8
	words, scales := make([]word, 0, points), make([]float32, panelCols/layout.Group)
	for len(words) < points {
		block := make([]byte, t.BlockBytes())
		for i := range panelCols / size {
			put(block, i, len(words)+i)
		}
		if err := quant.Unpack(t, codes[:], scales, nil, block); err != nil {
			panic(err) // the sizes are those of one block
		}
		for i := 0; i < len(codes); i += size {
			var w word
			for j, c := range codes[i:][:size] {
				w |= word(c) << (8 * j)
			}
			words = append(words, w)
		}
	}
	return words
}
