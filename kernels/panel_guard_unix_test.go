//go:build unix

package kernels

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/hostile"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// TestUnpackersFillPanelsAsPlainGo unpacks rows of 1 … 4 blocks, and of a whole panel and some, of every block type.
// Rows and panel stand between forbidden pages, and rows at several alignments, too. Bytes are random, which makes NaN
// and infinities as well.
func TestUnpackersFillPanelsAsPlainGo(t *testing.T) {
	types := 0
	for typ := range gguf.Type(64) {
		layout, ok := quant.LayoutOf(typ)
		if !ok {
			continue
		}
		types++
		for _, blocks := range []int{1, 2, 3, 4, panelCols/typ.BlockWeights() + 3} {
			size, _ := typ.RowBytes(blocks * typ.BlockWeights())
			plain := oddBytes(panelRows*size, uint64(typ))
			for _, shift := range []int{0, 1, 2, 6, 31} {
				rows := hostile.Guarded[byte](t, shift+len(plain), false)[shift:]
				checkFill(t, typ, layout, plain, rows)
			}
			checkFill(t, typ, layout, plain, hostile.Guarded[byte](t, len(plain), true))
		}
	}
	if types != 27 {
		t.Errorf("%d block types, want all 27", types)
	}
}

// checkFill compares panels of 16 rows that are copied to rows.
func checkFill(t *testing.T, typ gguf.Type, layout quant.Layout, plain, rows []byte) {
	copy(rows, plain)
	size := len(plain) / panelRows
	m, err := NewMatrix(typ, panelRows, size/typ.BlockBytes()*typ.BlockWeights(), rows)
	if err != nil {
		t.Fatal(err)
	}
	got := &hostile.Guarded[panel](t, 1, true)[0]
	for col := 0; col < m.Cols; col += panelCols {
		cols, at := min(panelCols, m.Cols-col), col/typ.BlockWeights()*typ.BlockBytes()
		var want panel
		var f panelFiller
		f.fill(&want, typ, layout, plain[at:], size, cols)
		atLevels(func(set *Set) {
			clear(got[:])
			set.fill(&m, got, &f, rows[at:], cols)
			if i := firstDifference(got[:], want[:]); i >= 0 {
				t.Errorf("%s: %v, columns from %d of %d: word %d of block %d is %#x, want %#x",
					set.Level(), typ, col, m.Cols, i%blockWords, i/blockWords, got[i], want[i])
			}
		})
	}
	if !slices.Equal(rows, plain) {
		t.Errorf("%v: the rows were changed", typ)
	}
}

// firstDifference returns the index of the first element that differs, -1 without one.
func firstDifference[T comparable](got, want []T) int {
	for i := range want {
		if got[i] != want[i] {
			return i
		}
	}
	return -1
}

// oddBytes are random bytes, many of which are such as make the largest and the smallest codes and scales.
func oddBytes(n int, seed uint64) []byte {
	rnd := rand.New(rand.NewPCG(uint64(n), seed))
	b := make([]byte, n)
	for i := range b {
		if b[i] = byte(rnd.Uint32()); rnd.IntN(8) == 0 {
			b[i] = []byte{0, 1, 0x7f, 0x80, 0xff}[rnd.IntN(5)]
		}
	}
	return b
}
