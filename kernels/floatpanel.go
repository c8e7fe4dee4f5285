package kernels

import "github.com/sonde-ml/sonde/kernels/quant"

// floatPanels is the task of multiplying a matrix of floats by many tokens: dst [tokens, rows] = x · matrixᵀ. Its unit is
// a tile of some rows, which become float32, 256 columns at a time. Tokens have become panels before.
//
// An output is the sum, in order, of the sums over 256 columns, each taken in order by fused multiply-add; so it does not
// depend on the other rows and tokens.
type floatPanels struct {
	set     *Set
	m       Matrix
	x       *turnedTokens
	dst     []float32
	scratch []tileScratch
}

const (
	floatPanelCols = 256
	floatPanelFrom = 24 // tokens from which panels pay
	floatPanelRows = 24 // of a tile
	floatStepRows  = 12 // of it, between two requests for what comes next: whole groups of the kernels
	turnedRows     = 8  // that are turned together, as many columns at a time
)

// floatPanelScratch is memory of one worker.
type floatPanelScratch struct {
	rows [floatPanelRows * floatPanelCols]float32
	edge [turnedRows * floatPanelCols]float32 // what is not turned as it lies
}

// turnedTokens are the rows of an input, cut into parts of 256 columns. A part is panels of as many tokens as a register
// has lanes, [cols, lanes]. Behind the last token there are zeros, and behind the last column up to a whole turn:
// they are multiplied.
type turnedTokens struct {
	numbers             []float32
	tokens, cols, lanes int
}

func (t *turnedTokens) resize(tokens, cols, lanes int) {
	t.tokens, t.cols, t.lanes = tokens, cols, lanes
	t.numbers = grown(t.numbers, t.panels()*lanes*wholeTurns(cols))
}

func (t *turnedTokens) panels() int { return (t.tokens + t.lanes - 1) / t.lanes }

// part returns the part that begins at col, the size of its panels, and how many columns it has.
func (t *turnedTokens) part(col int) (x []float32, panel, cols int) {
	cols = min(floatPanelCols, t.cols-col)
	panel = wholeTurns(cols) * t.lanes
	return t.numbers[t.panels()*t.lanes*col:][:t.panels()*panel], panel, cols
}

func wholeTurns(n int) int { return (n + turnedRows - 1) / turnedRows * turnedRows }

// turning is the task of turning tokens. Its unit is eight of them.
type turning struct {
	set     *Set
	t       *turnedTokens
	x       []float32
	scratch []tileScratch
}

func (t *turning) units() int { return t.t.panels() * t.t.lanes / turnedRows }

// Range turns the units lo ≤ i < hi.
func (t *turning) Range(worker, lo, hi int) {
	edge, lanes := t.scratch[worker].floatPanel.edge[:], t.t.lanes
	for col := 0; col < t.t.cols; col += floatPanelCols {
		part, size, cols := t.t.part(col)
		for i := lo; i < hi; i++ {
			first := i * turnedRows
			from, stride := t.x[min(len(t.x), first*t.t.cols+col):], t.t.cols
			if n := min(turnedRows, t.t.tokens-first); n < turnedRows || cols%turnedRows > 0 {
				clear(edge)
				for r := range n {
					copy(edge[r*floatPanelCols:], from[r*stride:][:cols])
				}
				from, stride = edge, floatPanelCols
			}
			t.set.turn(part[first/lanes*size+first%lanes:], lanes, from, stride, wholeTurns(cols))
		}
	}
}

// panelled reports whether a matrix of floats is multiplied by so many tokens by panels.
func (s *Set) panelled(m *Matrix, tokens int) bool {
	return tokens >= floatPanelFrom && s.registerLanes() > 0 && floatPanelCols%m.Type.BlockWeights() == 0
}

func (p *floatPanels) tiles() int { return (p.m.Rows + floatPanelRows - 1) / floatPanelRows }

// Range multiplies the tiles lo ≤ i < hi.
func (p *floatPanels) Range(worker, lo, hi int) {
	s, sums := &p.scratch[worker], p.x.panels()*p.x.lanes*floatPanelRows
	most := min(bandTiles, max(1, bandSums/sums))
	for i := lo; i < hi; i += most {
		n := min(most, hi-i)
		s.acc = grown(s.acc, n*sums)
		p.band(s, i*floatPanelRows, n)
		for j := range n {
			p.store(&s.floatPanel, s.acc[j*sums:][:sums], (i+j)*floatPanelRows)
		}
	}
}

// band multiplies n tiles, from row first on.
func (p *floatPanels) band(s *tileScratch, first, n int) {
	clear(s.acc)
	sums := len(s.acc) / n
	for col := 0; col < p.m.Cols; col += floatPanelCols {
		for i := range n {
			row := first + i*floatPanelRows
			nextRow, nextCol := row, col+floatPanelCols
			if nextCol >= p.m.Cols {
				nextRow, nextCol = row+n*floatPanelRows, 0
			}
			p.multiply(s.acc[i*sums:(i+1)*sums], &s.floatPanel, row, col, nextRow, nextCol)
		}
	}
}

// multiply adds the products of some columns of a tile to acc, 12 rows by a pair of panels after the other, and asks
// meanwhile for those at nextRow and nextCol.
func (p *floatPanels) multiply(acc []float32, s *floatPanelScratch, row, col, nextRow, nextCol int) {
	x, size, cols := p.x.part(col)
	p.fill(s, row, col, cols)
	panels, rows := p.x.panels(), min(floatPanelRows, p.m.Rows-row)
	for i := 0; i < panels; {
		n := min(2, panels-i)
		for r := 0; r < rows; r += floatStepRows {
			lo, hi := floatPanelRows*i+r*n, floatPanelRows*i+(r+floatStepRows)*n
			p.set.ask(&p.m, nextRow+lo/panels, nextRow+hi/panels, nextCol, floatPanelCols)
			sums := acc[(i*floatPanelRows+r*n)*p.x.lanes:]
			p.set.addPanels(sums, s.rows[r*floatPanelCols:], x[i*size:(i+n)*size], n, min(floatStepRows, rows-r), wholeTurns(cols))
		}
		i += n
	}
}

// fill makes float32 of the columns of a tile, zeros behind its last row, and up to whole turns behind its last column.
func (p *floatPanels) fill(s *floatPanelScratch, row, col, cols int) {
	from, bytes := p.m.span(col, cols)
	rows, data := min(floatPanelRows, p.m.Rows-row), p.m.Bytes[row*p.m.rowBytes+from:]
	clear(s.rows[rows*floatPanelCols:])
	for r := range rows {
		clear(s.rows[r*floatPanelCols:][cols:wholeTurns(cols)])
	}
	if p.set.unpackRows(p.m.Type, s.rows[:], floatPanelCols, data, p.m.rowBytes, rows, cols) {
		return
	}
	for r := range rows {
		if err := quant.Decode(p.m.Type, s.rows[r*floatPanelCols:][:cols], data[r*p.m.rowBytes:][:bytes]); err != nil {
			panic(err) // NewMatrix checked type and sizes
		}
	}
}

// store turns the sums of a tile and writes them to where they belong: from row first on.
func (p *floatPanels) store(s *floatPanelScratch, acc []float32, first int) {
	lanes, panels, rows := p.x.lanes, p.x.panels(), min(floatPanelRows, p.m.Rows-first)
	for i := 0; i < panels; {
		n := min(2, panels-i)
		width, token := n*lanes, i*lanes
		tokens := min(width, p.x.tokens-token)
		for r := 0; r < rows; r += turnedRows {
			sums, dst := acc[token*floatPanelRows+r*width:], p.dst[token*p.m.Rows+first+r:]
			if tokens == width && r+turnedRows <= rows {
				p.set.turn(dst, p.m.Rows, sums, width, width)
				continue
			}
			p.set.turn(s.edge[:], turnedRows, sums, width, width)
			for t := range tokens {
				copy(dst[t*p.m.Rows:][:min(turnedRows, rows-r)], s.edge[t*turnedRows:])
			}
		}
		i += n
	}
}
