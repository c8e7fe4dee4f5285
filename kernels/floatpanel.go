package kernels

import (
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// floatPanels is the task of multiplying a matrix of floats by many tokens: dst [tokens, rows] = x · matrixᵀ. Its unit is
// a tile of as many rows as two registers have lanes. Weights become panels first: 128 columns of a tile, column by
// column, as float32.
//
// An output is the sum, in order, of the sums over 128 columns, each taken in order by fused multiply-add; so it does not
// depend on the other rows and tokens.
type floatPanels struct {
	set     *Set
	m       Matrix
	x       *floatParts
	dst     []float32
	scratch []tileScratch
}

const (
	floatPanelCols = 128
	floatPanelFrom = 24 // tokens from which panels pay
	floatPanelRows = 2 * maxLanes
)

// floatPanelScratch is memory of one worker.
type floatPanelScratch struct {
	rows  [floatPanelRows * floatPanelCols]float32
	panel [floatPanelCols * floatPanelRows]float32
}

// floatParts are the rows of an input, cut into parts of 128 columns: all rows of the first part, then of the next. As
// they are given, rows are often some whole pages apart, and then compete for the same few places of a cache.
type floatParts struct {
	numbers      []float32
	tokens, cols int
}

func (p *floatParts) resize(tokens, cols int) {
	p.tokens, p.cols = tokens, cols
	p.numbers = grown(p.numbers, tokens*cols)
}

// part returns the part that begins at col, [tokens, cols].
func (p *floatParts) part(col int) (x []float32, cols int) {
	cols = min(floatPanelCols, p.cols-col)
	return p.numbers[p.tokens*col:][:p.tokens*cols], cols
}

// cutting is the task of cutting rows.
type cutting struct {
	p *floatParts
	x []float32
}

// Range cuts the rows lo ≤ t < hi.
func (c *cutting) Range(_, lo, hi int) {
	for col := 0; col < c.p.cols; col += floatPanelCols {
		part, cols := c.p.part(col)
		for t := lo; t < hi; t++ {
			copy(part[t*cols:(t+1)*cols], c.x[t*c.p.cols+col:])
		}
	}
}

// panelled reports whether a matrix of floats is multiplied by so many tokens by panels.
func (s *Set) panelled(m *Matrix, tokens int) bool {
	return tokens >= floatPanelFrom && s.floatLanes() > 0 && floatPanelCols%m.Type.BlockWeights() == 0
}

func (p *floatPanels) tileRows() int { return 2 * p.set.floatLanes() }

func (p *floatPanels) tiles() int { return (p.m.Rows + p.tileRows() - 1) / p.tileRows() }

// Range multiplies the tiles lo ≤ i < hi.
func (p *floatPanels) Range(worker, lo, hi int) {
	s, sums := &p.scratch[worker], p.x.tokens*p.tileRows()
	most := min(bandTiles, max(1, bandSums/sums))
	for i := lo; i < hi; i += most {
		n := min(most, hi-i)
		s.acc = grown(s.acc, n*sums)
		p.band(s, i*p.tileRows(), n)
		storeTiles(p.dst, p.m.Rows, s.acc, sums, p.x.tokens, p.tileRows(), i*p.tileRows())
	}
}

// band multiplies n tiles, from row first on.
func (p *floatPanels) band(s *tileScratch, first, n int) {
	sums := p.x.tokens * p.tileRows()
	clear(s.acc)
	for col := 0; col < p.m.Cols; col += floatPanelCols {
		x, cols := p.x.part(col)
		for i := range n {
			row := first + i*p.tileRows()
			p.fill(&s.floatPanel, row, col, cols)
			nextRow, nextCol := row, col+cols
			if nextCol == p.m.Cols {
				nextRow, nextCol = row+n*p.tileRows(), 0
			}
			p.multiply(s.acc[i*sums:(i+1)*sums], &s.floatPanel, x, cols, nextRow, nextCol)
		}
	}
}

// fill makes a panel of the columns of a tile.
func (p *floatPanels) fill(s *floatPanelScratch, row, col, cols int) {
	from, bytes := p.m.span(col, cols)
	if p.m.Type == gguf.F32 && row+p.tileRows() <= p.m.Rows && cols%4 == 0 {
		p.set.turnFloats(s, p.m.Bytes[row*p.m.rowBytes+from:], p.m.rowBytes, cols/4)
		return
	}
	for r := range p.tileRows() {
		part := s.rows[r*floatPanelCols:][:cols]
		if row+r >= p.m.Rows {
			clear(part)
			continue
		}
		data := p.m.Bytes[(row+r)*p.m.rowBytes+from:][:bytes]
		if p.set.halves(part, p.m.Type, data) {
			continue
		}
		if err := quant.Decode(p.m.Type, part, data); err != nil {
			panic(err) // NewMatrix checked type and sizes
		}
	}
	p.set.turnFloats(s, floatBytes(s.rows[:]), 4*floatPanelCols, (cols+3)/4)
}

// multiply adds the products of a panel with all tokens, and asks meanwhile for the panel at nextRow and nextCol.
func (p *floatPanels) multiply(acc []float32, s *floatPanelScratch, x []float32, cols, nextRow, nextCol int) {
	tokens, rows := p.x.tokens, p.tileRows()
	for t := 0; t < tokens; {
		n := p.set.panelWidth(tokens - t)
		p.set.ask(&p.m, nextRow+rows*t/tokens, nextRow+rows*(t+n)/tokens, nextCol, floatPanelCols)
		p.set.addPanel(acc[t*rows:(t+n)*rows], s, x[t*cols:(t+n)*cols], n, cols)
		t += n
	}
}

// storeTiles copies sums, those of a tile being each numbers [tokens, width] or more, to where they belong in
// dst [tokens, rows]: from row first on.
func storeTiles(dst []float32, rows int, sums []float32, each, tokens, width, first int) {
	n := min(len(sums)/each*width, rows-first)
	for t := range tokens {
		to := dst[t*rows+first:][:n]
		for i := 0; i*width < n; i++ {
			copy(to[i*width:], sums[i*each+t*width:][:width])
		}
	}
}
