package gguf

import (
	"slices"
	"sync"
)

// numbers are count numbers of width bytes in a block, the first at byte at, step bytes apart.
type numbers struct{ at, width, count, step int }

// Which parts of a block a machine of the other byte order writes the other way round: scales and integers
// of several bytes. Codes that are packed into bytes are the same everywhere; a type without a row has nothing else.
var multiByte = map[Type][]numbers{
	F16: {{0, 2, 1, 0}}, BF16: {{0, 2, 1, 0}}, F32: {{0, 4, 1, 0}}, F64: {{0, 8, 1, 0}},
	I16: {{0, 2, 1, 0}}, I32: {{0, 4, 1, 0}}, I64: {{0, 8, 1, 0}},

	Q4_0: {{0, 2, 1, 0}},
	Q4_1: {{0, 2, 2, 2}},               // d, m
	Q5_0: {{0, 2, 1, 0}, {2, 4, 1, 0}}, // d; the fifth bits
	Q5_1: {{0, 2, 2, 2}, {4, 4, 1, 0}}, // d, m; the fifth bits
	Q8_0: {{0, 2, 1, 0}},
	Q8_1: {{0, 2, 2, 2}}, // d, s

	Q2_K: {{80, 2, 2, 2}}, // d, dmin
	Q3_K: {{108, 2, 1, 0}},
	Q4_K: {{0, 2, 2, 2}},
	Q5_K: {{0, 2, 2, 2}},
	Q6_K: {{208, 2, 1, 0}},
	Q8_K: {{0, 4, 1, 0}, {260, 2, 16, 2}}, // d; sums of 16 codes each

	IQ2_XXS: {{0, 2, 1, 0}, {6, 4, 8, 8}}, // d; signs and scale behind four indices
	IQ2_XS:  {{0, 2, 33, 2}},              // d, index and signs of 8 weights each
	IQ2_S:   {{0, 2, 1, 0}},
	IQ3_XXS: {{0, 2, 1, 0}, {66, 4, 8, 4}}, // d; signs and scales
	IQ3_S:   {{0, 2, 1, 0}},
	IQ1_S:   {{0, 2, 1, 0}, {34, 2, 8, 2}}, // d; high bits and scales
	IQ1_M:   {{48, 2, 4, 2}},               // scales, and d in their top nibbles
	IQ4_NL:  {{0, 2, 1, 0}},
	IQ4_XS:  {{0, 2, 2, 2}}, // d, high bits of the scales
	TQ1_0:   {{52, 2, 1, 0}},
	TQ2_0:   {{64, 2, 1, 0}},
	Q1_0:    {{0, 2, 1, 0}},
	Q2_0:    {{0, 2, 1, 0}},
}

// swapBytes turns round every number in the blocks of type t that b holds.
func swapBytes(t Type, b []byte) {
	size := t.BlockBytes()
	for _, n := range multiByte[t] {
		for block := 0; block < len(b); block += size {
			for i := range n.count {
				at := block + n.at + i*n.step
				slices.Reverse(b[at : at+n.width])
			}
		}
	}
}

// swapLater makes t's data a little-endian copy when it is first asked for.
func (t *Tensor) swapLater() {
	data := t.data
	t.swap = sync.OnceValue(func() []byte {
		b := alignedBytes(len(data))
		copy(b, data)
		swapBytes(t.Type, b)
		return b
	})
}
