package kernels

// product is the task of multiplying a quantised matrix by activations: dst [tokens, rows] = activations · matrixᵀ.
// Its unit is the tile of 32 rows.
type product struct {
	m       Matrix
	a       *Activations
	dst     []float32
	scratch []tileScratch // one per worker
}

// tileScratch is memory of one worker.
type tileScratch struct {
	panels [tilePanels]panel
	acc    []float32 // [tiles of a band, tokens, 32]
	filler panelFiller
	edge   []byte    // rows of the last tile, filled up with zeros
	row    []float32 // of the product in plain Go
	float  floatScratch

	floatPanel floatPanelScratch
}

// A band is tiles whose products are taken together, 256 columns after 256 columns, so that the activations of these
// columns are fetched once for all of them, and their sums stay in the second cache.
const (
	bandTiles = 4
	bandSums  = 1 << 16
)

func (p *product) tiles() int { return (p.m.Rows + tileRows - 1) / tileRows }

// Range multiplies the tiles lo ≤ i < hi.
func (p *product) Range(worker, lo, hi int) {
	s, sums := &p.scratch[worker], p.sums()
	most := min(bandTiles, max(1, bandSums/sums))
	for i := lo; i < hi; i += most {
		n := min(most, hi-i)
		s.acc = grown(s.acc, n*sums)
		if p.a.tokens == 1 {
			p.vector(s, i, n)
		} else {
			p.band(s, i, n)
		}
		storeTiles(p.dst, p.m.Rows, s.acc, sums, p.a.tokens, tileRows, i*tileRows)
	}
}

// sums is the number of sums of a tile.
func (p *product) sums() int {
	full, last := p.a.groups()
	return (full.width*full.n + last.width) * tileRows
}

// vector multiplies n tiles, from tile first on, by one token, without panels if there are kernels for that.
func (p *product) vector(s *tileScratch, first, n int) {
	across := len(p.a.turned) > 0 && p.a.set.liesAcross(&p.m)
	for i := range n {
		row := (first + i) * tileRows
		acc, rows := s.acc[i*tileRows:], p.rows(s, row)
		if across { // the others read rows side by side, and ask for the next ones themselves
			p.a.set.askPages(&p.m, row+tileRows, row+2*tileRows)
			p.a.set.dotAcross(&p.m, acc, rows, p.a.turned, s.floats(panelRows*p.m.Cols/blockCols))
		} else if !p.a.set.dot(&p.m, acc, rows, p.a.words) {
			p.band(s, first, n)
			return
		}
	}
}

// band multiplies n tiles, from tile first on.
func (p *product) band(s *tileScratch, first, n int) {
	full, last := p.a.groups()
	sums := p.sums()
	clear(s.acc[:n*sums])
	for col := 0; col < p.m.Cols; col += panelCols {
		cols := min(panelCols, p.m.Cols-col)
		at, _ := p.m.span(col, cols)
		for i := range n {
			row := (first + i) * tileRows
			rows, acc := p.rows(s, row), s.acc[i*sums:(i+1)*sums]
			for j := range s.panels {
				p.a.set.fill(&p.m, &s.panels[j], &s.filler, rows[j*panelRows*p.m.rowBytes+at:], cols)
			}
			nextRow, nextCol := row, col+cols
			if nextCol == p.m.Cols {
				nextRow, nextCol = row+n*tileRows, 0
			}
			p.multiply(acc, &s.panels, full, col, cols, nextRow, nextCol)
			p.multiply(acc[last.first*tileRows:], &s.panels, last, col, cols, p.m.Rows, 0)
		}
	}
}

// rows returns the bytes of a tile's rows. Behind the last row of the matrix they are zeros, which are zeros in all types
// that need no more than to be left alone.
func (p *product) rows(s *tileScratch, row int) []byte {
	from := row * p.m.rowBytes
	if row+tileRows <= p.m.Rows {
		return p.m.Bytes[from : from+tileRows*p.m.rowBytes]
	}
	if len(s.edge) < tileRows*p.m.rowBytes {
		s.edge = make([]byte, tileRows*p.m.rowBytes)
	}
	clear(s.edge[copy(s.edge, p.m.Bytes[from:]):])
	return s.edge
}

// stepGroups is the number of groups of tokens between two requests for what comes next: asked for all at once, it would
// be forgotten where the queue of misses is full.
const stepGroups = 8

// multiply adds the products of the panels, which begin at column col, to those of a group. Meanwhile it asks for the tile
// at nextRow and nextCol.
func (p *product) multiply(acc []float32, panels *[tilePanels]panel, g group, col, cols, nextRow, nextCol int) {
	words, stride := g.from(col), g.stride(cols)
	for i := 0; i < g.n; i += stepGroups {
		step := group{width: g.width, n: min(stepGroups, g.n-i), words: words[i*stride:]}
		p.a.set.ask(&p.m, nextRow+tileRows*i/g.n, nextRow+tileRows*(i+step.n)/g.n, nextCol, panelCols)
		p.a.set.tile(&p.m, acc[i*g.width*tileRows:], panels, cols/blockCols, step, stride)
	}
}

// floats returns scratch memory for n numbers.
func (s *tileScratch) floats(n int) []float32 {
	s.row = grown(s.row, n)
	return s.row
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
