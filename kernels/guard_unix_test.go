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

// TestProductsStayWithinTheirOperands multiplies rows of 1 … 4 blocks, and of more columns than a panel has, with every
// operand between forbidden pages.
func TestProductsStayWithinTheirOperands(t *testing.T) {
	for typ := range gguf.Type(64) {
		if _, err := quant.Of(typ); err != nil {
			continue
		}
		block := typ.BlockWeights()
		for _, cols := range []int{block, 2 * block, 3 * block, 4 * block, 512, 5*block + 512/block*block} {
			if _, quantised := quant.LayoutOf(typ); quantised && cols%blockCols != 0 || cols%block != 0 {
				continue
			}
			for _, rows := range []int{1, 4, 16, 33, 64} {
				guardProduct(t, randomBlocks(t, typ, rows, cols), rows%2 == 0)
			}
		}
	}
}

func guardProduct(t *testing.T, plain Matrix, atEnd bool) {
	bytes := hostile.GuardedCopy(t, plain.Bytes, atEnd)
	m, err := NewMatrix(plain.Type, plain.Rows, plain.Cols, bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, tokens := range []int{1, 2, 7, floatPanelFrom + 1, 40} {
		input := randomRows(tokens * m.Cols)
		x, dst := hostile.GuardedCopy(t, input, atEnd), hostile.Guarded[float32](t, tokens*m.Rows, atEnd)
		atReadings(func(set *Set, name string) {
			if err := set.Mul(m, dst, x); err != nil {
				t.Errorf("%s: %v [%d, %d] × %d: %v", name, m.Type, m.Rows, m.Cols, tokens, err)
			}
		})
		if !slices.Equal(bytes, plain.Bytes) || !slices.Equal(x, input) {
			t.Errorf("%v: an operand was changed", m.Type)
		}
	}
}

// TestTilesStayWithinTheirOperands puts activations and sums between forbidden pages, too.
func TestTilesStayWithinTheirOperands(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for typ := range gguf.Type(64) {
		if _, ok := quant.LayoutOf(typ); !ok {
			continue
		}
		m := randomBlocks(t, typ, 32, 1024)
		for _, tokens := range []int{1, 2, 3, 4, 5, 6, 11} {
			atEnd := rnd.IntN(2) == 0
			atReadings(func(set *Set, name string) {
				a := Activations{set: set}
				a.resize(tokens, m.Cols)
				a.words = hostile.Guarded[uint32](t, len(a.words), atEnd)
				a.quantize(randomRows(tokens*m.Cols), 0, tokens)
				full, last := a.groups()
				acc := hostile.Guarded[float32](t, (full.width*full.n+last.width)*tileRows, atEnd)
				p := product{m: m, a: &a, dst: make([]float32, tokens*m.Rows), scratch: []tileScratch{{acc: acc}}}
				p.Range(0, 0, p.tiles())
				if tokens > 1 || !set.liesAcross(&m) {
					return
				}
				want := slices.Clone(p.dst)
				a.turned = hostile.GuardedCopy(t, a.across(), atEnd)
				p.scratch[0].row = hostile.Guarded[float32](t, panelRows*m.Cols/blockCols, atEnd)
				if p.Range(0, 0, p.tiles()); !slices.Equal(p.dst, want) {
					t.Errorf("%s, %v: blocks across give other bits", name, typ)
				}
			})
		}
	}
}
