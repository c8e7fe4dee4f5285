package quant_test

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// A block of Q4_0: the scale 1/2 as an f16, then sixteen bytes of two codes each.
var block = []byte{0x00, 0x38, 0x2f, 0x80, 0x71, 0x88, 0x98, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0xc8}

func ExampleDecode() {
	weights := make([]float32, 32)
	if err := quant.Decode(gguf.Q4_0, weights, block); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(weights[:4], weights[16:20])
	// Output: [3.5 -4 -3.5 0] [-3 0 -0.5 0]
}

func ExampleDecode_error() {
	err := quant.Decode(gguf.Q4_0, make([]float32, 32), block[:17])
	fmt.Println(err)
	// Output: decode Q4_0: sizes do not fit: 32 numbers and 17 bytes; expected 18 bytes for every 32 numbers
}

func ExampleFormat_Fields() {
	format, err := quant.Of(gguf.Q4_0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fields, err := format.Fields(block)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range fields {
		fmt.Printf("%s at %d: %v\n", f.Name, f.Offset, f.Values)
	}
	// Output:
	// d at 0: [0.5]
	// codes at 2: [15 0 1 8 8 8 8 8 8 8 8 8 8 8 8 8 2 8 7 8 9 8 8 8 8 8 8 8 8 8 8 12]
}

func ExampleEncode() {
	x := make([]float32, 32)
	for i := range x {
		x[i] = float32(i) / 10
	}
	packed, y := make([]byte, 34), make([]float32, 32)
	if err := quant.Encode(gguf.Q8_0, packed, x, nil); err != nil {
		fmt.Println(err)
		return
	}
	if err := quant.Decode(gguf.Q8_0, y, packed); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f becomes %.4f\n", x[1:4], y[1:4])
	// Output: [0.1000 0.2000 0.3000] becomes [0.0977 0.1953 0.2930]
}

// ExampleUnpack multiplies a block with integers as a kernel does: one scale for a sum of integers.
func ExampleUnpack() {
	layout, _ := quant.LayoutOf(gguf.Q4_0)
	codes, scales := make([]uint8, 32), make([]float32, 32/layout.Group)
	if err := quant.Unpack(gguf.Q4_0, codes, scales, nil, block); err != nil {
		fmt.Println(err)
		return
	}
	x := [32]int{0: 3, 1: 1, 31: -2}
	dot := 0
	for k, code := range codes {
		dot += (int(code) - layout.Offset) * x[k]
	}
	fmt.Println(layout, codes[:4], scales)
	fmt.Println(scales[0] * float32(dot))
	// Output:
	// {32 0 8} [15 0 1 8] [0.5]
	// 2.5
}
