//go:build amd64 && !purego

package kernels

import (
	"slices"
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

// The same points without their offset.
//
//lint:file-ignore U1000 assembly uses them
var (
	magnitudesIQ2_XXS = [256]uint64(withoutOffset(gguf.IQ2_XXS, gridIQ2_XXS[:]))
	magnitudesIQ2_XS  = [512]uint64(withoutOffset(gguf.IQ2_XS, gridIQ2_XS[:]))
	magnitudesIQ2_S   = [1024]uint64(withoutOffset(gguf.IQ2_S, gridIQ2_S[:]))
	magnitudesIQ3_XXS = [256]uint32(withoutOffset(gguf.IQ3_XXS, gridIQ3_XXS[:]))
	magnitudesIQ3_S   = [512]uint32(withoutOffset(gguf.IQ3_S, gridIQ3_S[:]))
)

// The same points, packed. Assembly finds 64 bytes with what fields of a byte mean; then for each point a byte with the
// fields of its first half, and for each one with those of the other half.
//
//lint:file-ignore U1000 assembly uses them
var (
	codebookIQ1_S   = codebookOf(gridIQ1_S[:])
	codebookIQ2_XXS = codebookOf(gridIQ2_XXS[:])
	codebookIQ2_XS  = codebookOf(gridIQ2_XS[:])
	codebookIQ2_S   = codebookOf(gridIQ2_S[:])
	codebookIQ3_XXS = codebookOf(gridIQ3_XXS[:])
	codebookIQ3_S   = codebookOf(gridIQ3_S[:])
)

// codebookOf packs points of eight codes, of which there are four, and of four codes, of which there are eight. Registers
// are loaded from it, so it begins at a cache line.
func codebookOf[word uint32 | uint64](grid []word) *byte {
	size, bits := int(unsafe.Sizeof(word(0))), 3 // of a field
	if size == 8 {
		bits = 2
	}
	var codes []byte
	for _, w := range grid {
		for i := range size {
			codes = append(codes, byte(w>>(8*i)))
		}
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	book := aligned(64 + 2*len(grid))
	for i := range 64 {
		book[i] = codes[min(i%(1<<bits), len(codes)-1)]
	}
	for p, w := range grid {
		for i := range size {
			field, half := slices.Index(codes, byte(w>>(8*i))), size/2
			book[64+i/half*len(grid)+p] |= byte(field << (i % half * bits))
		}
	}
	return &book[0]
}

func withoutOffset[word uint32 | uint64](t gguf.Type, grid []word) []word {
	layout, _ := quant.LayoutOf(t)
	allOnes := ^word(0)
	list := make([]word, len(grid))
	for i, w := range grid {
		list[i] = w - allOnes/0xff*word(layout.Offset)
	}
	return list
}

// aligned returns n zeros from the beginning of a cache line on.
func aligned(n int) []byte {
	b := make([]byte, n+63)
	return b[-uintptr(unsafe.Pointer(&b[0]))&63:][:n]
}

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
