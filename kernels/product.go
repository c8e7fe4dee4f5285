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
	acc    []float32 // [tokens, 32]
	filler panelFiller
	edge   []byte    // rows of the last tile, filled up with zeros
	row    []float32 // of the product in plain Go
	float  floatScratch
}

func (p *product) tiles() int { return (p.m.Rows + tileRows - 1) / tileRows }

// Range multiplies the tiles lo ≤ i < hi.
func (p *product) Range(worker, lo, hi int) {
	s := &p.scratch[worker]
	for i := lo; i < hi; i++ {
		p.tile(s, i*tileRows)
	}
}

func (p *product) tile(s *tileScratch, row int) {
	full, last := p.a.groups()
	n := (full.width*full.n + last.width) * tileRows
	if cap(s.acc) < n {
		s.acc = make([]float32, n)
	}
	acc := s.acc[:n]
	clear(acc)
	rows, stride := p.rows(s, row), p.m.rowBytes
	if p.a.tokens == 1 && p.a.set.dot(&p.m, acc, rows, p.a.words) {
		p.store(acc, row)
		return
	}
	for col := 0; col < p.m.Cols; col += panelCols {
		cols := min(panelCols, p.m.Cols-col)
		at := col / p.m.Type.BlockWeights() * p.m.Type.BlockBytes()
		p.prefetch(row+tileRows, col, cols)
		for i := range s.panels {
			p.a.set.fill(&p.m, &s.panels[i], &s.filler, rows[i*panelRows*stride+at:], cols)
		}
		p.multiply(acc, &s.panels, full, col, cols)
		p.multiply(acc[last.first*tileRows:], &s.panels, last, col, cols)
	}
	p.store(acc, row)
}

// prefetch asks for the part of the tile at row that is due while so many columns from col on are multiplied.
func (p *product) prefetch(row, col, cols int) {
	if row+tileRows > p.m.Rows {
		return
	}
	tile := p.m.Bytes[row*p.m.rowBytes : (row+tileRows)*p.m.rowBytes]
	p.a.set.prefetch(tile[len(tile)*col/p.m.Cols : len(tile)*(col+cols)/p.m.Cols])
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

// multiply adds the products of the panels, which begin at column col, to those of a group.
func (p *product) multiply(acc []float32, panels *[tilePanels]panel, g group, col, cols int) {
	if g.n == 0 {
		return
	}
	stride := g.width * p.m.Cols / blockCols * actWords
	g.words = g.words[col/blockCols*g.width*actWords:]
	p.a.set.tile(&p.m, acc, panels, cols/blockCols, g, stride)
}

func (p *product) store(acc []float32, row int) {
	n := min(tileRows, p.m.Rows-row)
	for t := range p.a.tokens {
		copy(p.dst[t*p.m.Rows+row:][:n], acc[t*tileRows:])
	}
}

// floats returns scratch memory for n numbers.
func (s *tileScratch) floats(n int) []float32 {
	s.row = grown(s.row, n)
	return s.row
}
