package plotting

import (
	"image"
	"image/color"
	"math"
)

// mostCells is the number of cells along a side from which on tokens are pooled; one cell is then two pixels wide.
const mostCells = 512

// grid holds the values of a heatmap, [rows, cols] cells of pool×pool values.
type grid struct {
	rows, cols int
	pool       int
	cells      []cell
	lo, hi     float64 // of the finite values, +Inf and -Inf where there are none
	nonFinite  int
}

// cell is blank until a value is added, and not finite once one of them is.
type cell struct {
	value  float64
	filled bool
}

func newGrid(rows, cols int) grid {
	pool := (max(rows, cols) + mostCells - 1) / mostCells
	g := grid{pool: pool, rows: (rows + pool - 1) / pool, cols: (cols + pool - 1) / pool, lo: math.Inf(1), hi: math.Inf(-1)}
	g.cells = make([]cell, g.rows*g.cols)
	return g
}

// add puts a value into its cell, which keeps the one of the largest magnitude.
func (g *grid) add(row, col int, v float64) {
	c := &g.cells[row/g.pool*g.cols+col/g.pool]
	if !finite(v) {
		g.nonFinite++
		v = math.NaN()
	} else {
		g.lo, g.hi = min(g.lo, v), max(g.hi, v)
	}
	if !c.filled || math.IsNaN(v) || math.Abs(v) > math.Abs(c.value) {
		*c = cell{value: v, filled: true}
	}
}

func (g *grid) found() bool { return g.lo <= g.hi }

// image draws every cell as a block of w×h pixels, so that no viewer blurs one cell into the next.
func (g *grid) image(w, h int, paint func(float64) color.RGBA) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, g.cols*w, g.rows*h))
	for i, c := range g.cells {
		fill := blankColor()
		if c.filled {
			fill = paint(c.value)
		}
		row, col := i/g.cols, i%g.cols
		for y := row * h; y < (row+1)*h; y++ {
			for x := col * w; x < (col+1)*w; x++ {
				img.SetRGBA(x, y, fill)
			}
		}
	}
	return img
}
