//go:build amd64 && !purego

package kernels

// panelFunc adds to acc the products of some rows with one or two panels.
type panelFunc func(acc, w *float32, wStride int, x *float32, xStride, cols int)

var (
	panelFuncs512 = [...]panelFunc{1: floatPanelx1AVX512, 2: floatPanelx2AVX512}
	panelFuncs256 = [...]panelFunc{1: floatPanelx1AVX2, 2: floatPanelx2AVX2}
)

// panelRows is the number of rows that are multiplied together.
func (s *Set) panelRows() int {
	if s.registerLanes() == 16 {
		return 12
	}
	return 6
}

// addPanels adds to acc [rows, n, lanes] the products of as many rows w, 256 numbers apart, with n panels.
func (s *Set) addPanels(acc, w, x []float32, n, cols int) {
	rows, size, add := s.panelRows(), len(x)/n, panelFuncs512[n]
	if rows == 6 {
		add = panelFuncs256[n]
	}
	_, _, _ = acc[rows*n*s.registerLanes()-1], w[(rows-1)*floatPanelCols+cols-1], x[(n-1)*size+cols*s.registerLanes()-1]
	add(&acc[0], &w[0], 4*floatPanelCols, &x[0], 4*size, cols)
}

// turn writes columns of eight rows, which are stride numbers apart, to dst.
func (s *Set) turn(dst []float32, dstStride int, rows []float32, stride, cols int) {
	_, _ = dst[(cols-1)*dstStride+turnedRows-1], rows[(turnedRows-1)*stride+cols-1]
	transposeAVX2(&dst[0], 4*dstStride, &rows[0], 4*stride, cols/turnedRows)
}
