package kernels

import "github.com/sonde-ml/sonde/kernels/quant"

// floatProduct is the task of multiplying a matrix of floats, or of anything else that is decoded to them:
// dst [tokens, rows] = x · matrixᵀ.
type floatProduct struct {
	m       Matrix
	x       []float32
	dst     []float32
	scratch []tileScratch
}

const floatRows = 32

func (p *floatProduct) tiles() int { return (p.m.Rows + floatRows - 1) / floatRows }

// Range multiplies the tiles lo ≤ i < hi of floatRows rows.
func (p *floatProduct) Range(worker, lo, hi int) {
	s := &p.scratch[worker]
	for i := lo; i < hi; i++ {
		p.tile(s, i*floatRows, min((i+1)*floatRows, p.m.Rows))
	}
}

func (p *floatProduct) tile(s *tileScratch, lo, hi int) {
	n := p.m.Cols
	row := s.floats(n)
	for r := lo; r < hi; r++ {
		if err := quant.Decode(p.m.Type, row, p.m.Bytes[r*p.m.rowBytes:][:p.m.rowBytes]); err != nil {
			panic(err) // NewMatrix checked type and sizes
		}
		for t := range len(p.x) / n {
			p.dst[t*p.m.Rows+r] = Dot(row, p.x[t*n:(t+1)*n])
		}
	}
}

// floats returns scratch memory for n numbers.
func (s *tileScratch) floats(n int) []float32 {
	if len(s.row) < n {
		s.row = make([]float32, n)
	}
	return s.row[:n]
}
