//go:build unix

package kernels

import "testing"

// TestRowOpsStayWithinTheirRows has rows that end where a forbidden page begins, or begin where one ends.
func TestRowOpsStayWithinTheirRows(t *testing.T) {
	const room = 2048
	pages := make([][]float32, 4) // the inputs, and the result
	for i := range pages {
		pages[i] = guardedSlice[float32](t, room, true)
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
