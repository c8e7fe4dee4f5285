package kernels

import (
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// floatProduct is the task of multiplying a matrix of floats, or of anything else that is decoded to them:
// dst [tokens, rows] = x · matrixᵀ. Its unit is a tile of rows.
// An output is the sum of 32 partial sums, column i in sum i mod 32, by fused multiply-add in order; so it has the same
// bits at every level that has kernels, and does not depend on the other rows and tokens.
type floatProduct struct {
	set     *Set
	m       Matrix
	x       []float32
	dst     []float32
	scratch []tileScratch
}

const (
	floatRows    = 4       // rows that are multiplied together
	floatPart    = 1024    // columns of the input that stay in the nearest cache
	floatDecoded = 1 << 17 // numbers of a tile that stay in the second
	floatMost    = 32      // rows of a tile
	floatFewest  = 7       // tokens from which it pays to decode rows first
	floatLanes   = 32      // partial sums of an output, columns of a step
)

// floatScratch is memory of one worker.
type floatScratch struct {
	set     *Set
	acc     [floatMost / floatRows][floatRows * maxWidth * floatLanes]float32
	sums    [maxWidth * floatRows]float32
	decoded []float32 // rows of a tile, filled up to whole steps, and to whole groups of rows
	input   []float32 // rows of the input, likewise
}

// floatRowsAt is rows of a type that the kernels read, stride bytes apart.
type floatRowsAt struct {
	typ    gguf.Type
	bytes  []byte
	stride int
}

// tileRows is the number of rows of a tile: fewer where they are long.
func (p *floatProduct) tileRows() int {
	return min(floatMost, max(floatRows, floatDecoded/p.m.Cols/floatRows*floatRows))
}

func (p *floatProduct) tiles() int { return (p.m.Rows + p.tileRows() - 1) / p.tileRows() }

// Range multiplies the tiles lo ≤ i < hi.
func (p *floatProduct) Range(worker, lo, hi int) {
	s, n := &p.scratch[worker], p.tileRows()
	for i := lo; i < hi; i++ {
		rows := p.m.slice(i*n, min((i+1)*n, p.m.Rows))
		if len(p.x) == p.m.Cols && p.set.fetch != inPairs { // rows are read one after the other
			p.set.askPages(&p.m, (i+1)*n, (i+2)*n)
		}
		if p.set.registerLanes() == 0 {
			p.plain(s, rows, i*n)
		} else {
			s.float.set = p.set
			p.tile(&s.float, rows, i*n)
		}
	}
}

// slice returns the rows lo ≤ r < hi as a matrix.
func (m Matrix) slice(lo, hi int) Matrix {
	m.Bytes, m.Rows = m.Bytes[lo*m.rowBytes:hi*m.rowBytes], hi-lo
	return m
}

// plain multiplies rows, which begin at row first, without kernels for it.
func (p *floatProduct) plain(s *tileScratch, rows Matrix, first int) {
	row := s.floats(rows.Cols)
	for r := range rows.Rows {
		rows.decode(row, r)
		for t := range len(p.x) / rows.Cols {
			p.dst[t*p.m.Rows+first+r] = p.set.Dot(row, p.x[t*rows.Cols:(t+1)*rows.Cols])
		}
	}
}

// decode unpacks row r.
func (m *Matrix) decode(dst []float32, r int) {
	if err := quant.Decode(m.Type, dst, m.Bytes[r*m.rowBytes:][:m.rowBytes]); err != nil {
		panic(err) // NewMatrix checked type and sizes
	}
}

func (p *floatProduct) tile(s *floatScratch, rows Matrix, first int) {
	w := floatRowsAt{rows.Type, rows.Bytes, rows.rowBytes}
	tokens, cols := len(p.x)/rows.Cols, rows.Cols
	direct := p.direct(tokens) && rows.Rows%floatRows == 0
	if !direct {
		w = s.decode(rows)
	}
	for t := 0; t < tokens; {
		n := p.set.floatWidth(tokens - t)
		f := fours{(rows.Rows + floatRows - 1) / floatRows, floatRows, 1}
		if n == 1 && direct && p.set.fetch == inPairs {
			f.step, f.apart = 1, f.n
		}
		s.multiply(w, f, s.padded(p.x[t*cols:(t+n)*cols], cols), n)
		for g := range f.n {
			s.add(g, n)
			for i := range n {
				dst := p.dst[(t+i)*p.m.Rows+first+g*f.step:]
				for j := range min(floatRows, rows.Rows-g*f.step) {
					dst[j*f.apart] = s.sums[i*floatRows+j]
				}
			}
		}
		t += n
	}
}

// fours are n groups of four rows. The first rows of groups follow each other step by step, and the rows of a group are
// so many apart: one, or a fourth of them all, so that rows which are read side by side are not neighbours.
type fours struct{ n, step, apart int }

// direct reports whether the kernels read the matrix as it lies.
func (p *floatProduct) direct(tokens int) bool {
	switch {
	case p.m.Cols%floatLanes != 0:
		return false
	case p.m.Type == gguf.F16 || p.m.Type == gguf.BF16:
		return tokens < floatFewest
	}
	return p.m.Type == gguf.F32
}

// decode unpacks rows, each filled up with zeros.
func (s *floatScratch) decode(rows Matrix) floatRowsAt {
	stride := wholeSteps(rows.Cols)
	s.decoded = grown(s.decoded, floatMost*stride)
	unpacked := s.set.unpackRows(rows.Type, s.decoded, stride, rows.Bytes, rows.rowBytes, rows.Rows, rows.Cols)
	for r := range rows.Rows {
		row := s.decoded[r*stride:][:stride]
		if !unpacked {
			rows.decode(row[:rows.Cols], r)
		}
		clear(row[rows.Cols:])
	}
	return floatRowsAt{gguf.F32, floatBytes(s.decoded), 4 * stride}
}

// padded returns rows of the input, filled up with zeros where they are not whole steps.
func (s *floatScratch) padded(x []float32, cols int) []float32 {
	stride := wholeSteps(cols)
	if stride == cols {
		return x
	}
	n := len(x) / cols
	s.input = grown(s.input, n*stride)
	for i := range n {
		row := s.input[i*stride:][:stride]
		clear(row[copy(row, x[i*cols:(i+1)*cols]):])
	}
	return s.input[:n*stride]
}

// multiply sums the lanes of rows by n tokens, part by part of the columns. One token stays in the cache as a whole, and
// rows are read as wholes.
func (s *floatScratch) multiply(w floatRowsAt, f fours, x []float32, n int) {
	cols, most := len(x)/n, floatPart
	if n == 1 {
		most = cols
	}
	for col := 0; col < cols; col += most {
		part := min(most, cols-col)
		for g := range f.n {
			acc := &s.acc[g]
			if col == 0 {
				clear(acc[:floatRows*n*floatLanes])
			}
			s.set.addFloats(acc, w, g*f.step, f.apart, x[col:], cols, n, col, part)
		}
	}
}

func wholeSteps(cols int) int { return (cols + floatLanes - 1) / floatLanes * floatLanes }

func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
