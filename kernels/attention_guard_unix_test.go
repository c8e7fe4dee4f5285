//go:build unix

package kernels

import (
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/hostile"
)

// TestAttentionStaysWithinItsOperands has caches of every kind, with heads that fill registers and that do not, between
// forbidden pages.
func TestAttentionStaysWithinItsOperands(t *testing.T) {
	for _, c := range []attnCase{
		{HeadShape{2, 1, 8, 0.35}, 70, 70},
		{HeadShape{3, 3, 12, 0.3}, 33, 5},
		{HeadShape{4, 2, 32, 0.2}, 77, 3},
		{HeadShape{5, 1, 64, 0.1}, 65, 2},
		{HeadShape{2, 2, 96, 0.1}, 17, 1},
		{HeadShape{1, 1, 128, 0.1}, 128, 1},
	} {
		for _, atEnd := range []bool{false, true} {
			c.guard(t, atEnd)
		}
	}
}

func (c attnCase) guard(t *testing.T, atEnd bool) {
	_, k, v, _ := c.inputs()
	place := func(x []float32) Cells { return FloatCells(hostile.GuardedCopy(t, x, atEnd)) }
	c.guardCells(t, place(k), place(v), k, v, atEnd)
	for _, typ := range []gguf.Type{gguf.F32, gguf.F16, gguf.BF16, gguf.Q8_0, gguf.Q4_0} {
		keys, err := NewCells(typ, c.Dim, hostile.GuardedCopy(t, encoded(t, typ, k), atEnd))
		if err != nil { // heads that are no whole blocks
			continue
		}
		values, _ := NewCells(typ, c.Dim, hostile.GuardedCopy(t, encoded(t, typ, v), atEnd))
		c.guardCells(t, keys, values, k, v, atEnd)
	}
}

// guardCells attends over keys and values, which hold the numbers k and v.
func (c attnCase) guardCells(t *testing.T, keys, values Cells, k, v []float32, atEnd bool) {
	q, _, _, pos := c.inputs()
	dst, query := hostile.Guarded[float32](t, len(q), atEnd), hostile.GuardedCopy(t, q, atEnd)
	pool := NewPool(1)
	defer pool.Close()
	atLevels(func(set *Set) {
		clear(dst)
		want := c.attend(t, set, 1, q, k, v, pos)
		if err := set.NewAttender(pool).Attend(dst, query, keys, values, pos, c.HeadShape); err != nil {
			t.Errorf("%s: %+v: %v", set.Level(), c, err)
		} else if !slices.Equal(dst, want) {
			t.Errorf("%s: %+v: got other bits than elsewhere in memory", set.Level(), c)
		}
		scores := c.scores(t, set, 1, q, FloatCells(k))
		if got := c.scores(t, set, 1, query, keys); !slices.Equal(got, scores) {
			t.Errorf("%s: %+v: got other scores than elsewhere in memory", set.Level(), c)
		}
		guarded := hostile.GuardedCopy(t, scores, atEnd)
		if got := c.mix(t, set, 1, guarded, values, pos); !slices.Equal(got, c.mix(t, set, 1, scores, FloatCells(v), pos)) {
			t.Errorf("%s: %+v: got another mix than elsewhere in memory", set.Level(), c)
		}
	})
}
