//go:build unix

package kernels

import (
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/internal/hostile"
)

// TestRowOpsStayWithinTheirRows has rows that end where a forbidden page begins, or begin where one ends.
func TestRowOpsStayWithinTheirRows(t *testing.T) {
	const room = 2048
	pages := make([][]float32, 4) // the inputs, and the result
	for i := range pages {
		pages[i] = hostile.Guarded[float32](t, room, true)
	}
	for _, op := range rowOps {
		for n := range lengths() {
			in := randomInputs(op.inputs, n, 1)
			want := op.want(in)
			for _, atEnd := range []bool{false, true} {
				place := func(page, n int) []float32 {
					if atEnd {
						return pages[page][room-n:]
					}
					return pages[page][:n]
				}
				atLevels(func(set *Set) {
					rows, dst := make([][]float32, len(in)), place(3, len(want))
					for i := range in {
						rows[i] = place(i, n)
						copy(rows[i], in[i])
					}
					op.begin(dst, in)
					op.run(set, dst, rows)
					op.compare(t, set, dst, want, in)
				})
			}
		}
	}
}

// TestRoPEStaysWithinItsRows turns whole heads, whose cosines and sines end where a forbidden page begins, too.
func TestRoPEStaysWithinItsRows(t *testing.T) {
	for n := 1; n < 71; n++ {
		x, angles := randomRows(2*n), randomRows(3 * n)[n:]
		for _, halves := range []bool{false, true} {
			want := slices.Clone(x)
			sets[generic].RoPE(want, angles[:n], angles[n:], halves)
			for _, atEnd := range []bool{false, true} {
				cos, sin := hostile.GuardedCopy(t, angles[:n], atEnd), hostile.GuardedCopy(t, angles[n:], atEnd)
				head := hostile.Guarded[float32](t, 2*n, atEnd)
				atLevels(func(set *Set) {
					copy(head, x)
					if set.RoPE(head, cos, sin, halves); !slices.Equal(head, want) {
						t.Errorf("%s, %d pairs, halves %v: got %v, want %v", set.Level(), n, halves, head, want)
					}
				})
			}
		}
	}
}

// TestRoundingStaysWithinItsRow reads rows that end where a forbidden page begins, and writes words that do.
func TestRoundingStaysWithinItsRow(t *testing.T) {
	for blocks := 1; blocks < 10; blocks++ {
		row := oddNumbers(blocks*blockCols, 23)
		for _, width := range lastWidths {
			want := make([]uint32, (blocks*actWords-1)*width+1) // as for the last token of a group
			quantizeRowGeneric(want, width, row)
			for _, atEnd := range []bool{false, true} {
				x, words := hostile.GuardedCopy(t, row, atEnd), hostile.Guarded[uint32](t, len(want), atEnd)
				atLevels(func(set *Set) {
					clear(words)
					if set.quantizeRow(words, width, x); !slices.Equal(words, want) {
						t.Errorf("%s, %d blocks, width %d: got %x, want %x", set.Level(), blocks, width, words, want)
					}
				})
			}
		}
	}
}

// TestStatisticsStayWithinTheirNumbers reads numbers that end where a forbidden page begins, or begin where one ends, and
// keeps some in no more memory than there must be.
func TestStatisticsStayWithinTheirNumbers(t *testing.T) {
	const room = 2*sievePiece + 1000
	all := randomRows(room)
	var d Distribution
	d.Add(all)
	pages, kept := hostile.Guarded[float32](t, room, true), hostile.Guarded[float32](t, sievePiece+sieveStep, true)
	for _, n := range []int{1, 15, 16, 63, 64, 65, 127, 2047, 2048, 2049, sievePiece - 1, sievePiece, sievePiece + 1, room} {
		for _, atEnd := range []bool{false, true} {
			x := pages[:n]
			if atEnd {
				x = pages[room-n:]
			}
			copy(x, all)
			var want Sieve
			atLevels(func(set *Set) {
				var s Sieve
				s.Reset(&d, []float64{0.25, 0.5, 0.75}, room)
				s.kept = kept[:0]
				s.addAt(set, x)
				var m Moments
				m.addAt(set, x)
				var again Distribution
				again.addAt(set, x)
				r := d.Ranks([]uint64{0, room / 2, room - 1})
				r.addAt(set, x)
				slices.Sort(s.kept)
				if set.tier == generic {
					want.kept, want.above = slices.Clone(s.kept), s.above
				}
				if !slices.Equal(s.kept, want.kept) || s.above != want.above || m.Count() != uint64(n) {
					t.Errorf("%s, %d numbers, at the end %v: got %d kept and %v above, want %d and %v", set.Level(), n, atEnd, len(s.kept), s.above, len(want.kept), want.above)
				}
			})
		}
	}
}
