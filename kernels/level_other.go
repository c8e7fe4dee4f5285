//go:build !amd64 || purego

package kernels

import "github.com/sonde-ml/sonde/gguf"

// fill unpacks so many columns of 16 rows, which begin at rows.
func (s *Set) fill(m *Matrix, p *panel, f *panelFiller, rows []byte, cols int) {
	f.fill(p, m.Type, m.layout, rows, m.rowBytes, cols)
}

// dot does nothing: plain Go has no product without a panel.
func (s *Set) dot(*Matrix, []float32, []byte, []uint32) bool { return false }

func (s *Set) hasAcross(gguf.Type) bool { return false }

func (s *Set) dotAcross(*Matrix, []float32, []byte, []uint32, []float32) {}

func (s *Set) tileWidth() int { return 4 }

func (s *Set) tile(m *Matrix, acc []float32, panels *[tilePanels]panel, blocks int, g group, stride int) {
	tileGeneric(acc, panels, blocks, g, stride, m.layout)
}

func (s *Set) quantizeRow(words []uint32, width int, row []float32) {
	quantizeRowGeneric(words, width, row)
}

func (s *Set) prefetch([]byte) {}
