//go:build amd64 && !purego

package kernels

// panelFunc adds to acc [width, 2 lanes] the products of a panel with so many tokens.
type panelFunc func(acc, panel, x *float32, xStride, cols int)

// The kernels by the number of tokens.
var (
	panelFuncs512 = [...]panelFunc{
		1: floatPanelx1AVX512, 2: floatPanelx2AVX512, 4: floatPanelx4AVX512, 8: floatPanelx8AVX512, 12: floatPanelx12AVX512,
	}
	panelFuncs256 = [...]panelFunc{1: floatPanelx1AVX2, 2: floatPanelx2AVX2, 4: floatPanelx4AVX2, 6: floatPanelx6AVX2}
)

func (s *Set) panelFuncs() []panelFunc {
	if s.floatLanes() == maxLanes {
		return panelFuncs512[:]
	}
	return panelFuncs256[:]
}

// panelWidth is the number of tokens, of those that are left, which are multiplied together.
func (s *Set) panelWidth(tokens int) int {
	funcs := s.panelFuncs()
	n := min(tokens, len(funcs)-1)
	for funcs[n] == nil {
		n--
	}
	return n
}

// turnFloats makes a panel of rows, stride bytes apart: so many times four columns.
func (s *Set) turnFloats(f *floatPanelScratch, rows []byte, stride, fours int) {
	turn, lanes := turnFloatsAVX512, s.floatLanes()
	if lanes < maxLanes {
		turn = turnFloatsAVX2
	}
	_ = rows[(2*lanes-1)*stride+16*fours-1]
	for half := range 2 {
		turn(&f.panel[half*lanes], &rows[half*lanes*stride], stride, fours)
	}
}

// addPanel adds to acc [n, 2 lanes] the products of a panel with n tokens x, [n, cols].
func (s *Set) addPanel(acc []float32, f *floatPanelScratch, x []float32, n, cols int) {
	_, _ = acc[n*2*s.floatLanes()-1], x[n*cols-1]
	s.panelFuncs()[n](&acc[0], &f.panel[0], &x[0], 4*cols, cols)
}
