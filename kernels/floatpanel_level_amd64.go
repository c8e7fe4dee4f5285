//go:build amd64 && !purego

package kernels

// panelFunc adds to acc the products of some rows with one or two panels.
type panelFunc func(acc, w *float32, wStride int, x *float32, xStride, cols, groups int)

var (
	panelFuncs512 = [...]panelFunc{1: floatPanelx1AVX512, 2: floatPanelx2AVX512}
	panelFuncs256 = [...]panelFunc{1: floatPanelx1AVX2, 2: floatPanelx2AVX2}
)

// addPanels adds to acc [rows, n, lanes] the products of as many rows w, 256 numbers apart, with n panels. Rows are made
// whole groups, for which there is room, and cols are whole turns.
func (s *Set) addPanels(acc, w, x []float32, n, rows, cols int) {
	size, group, add := len(x)/n, 12, panelFuncs512[n]
	if s.registerLanes() == 8 {
		group, add = 6, panelFuncs256[n]
	}
	groups := (rows + group - 1) / group
	_, _, _ = acc[groups*group*n*s.registerLanes()-1], w[(groups*group-1)*floatPanelCols+cols-1], x[(n-1)*size+cols*s.registerLanes()-1]
	add(&acc[0], &w[0], 4*floatPanelCols, &x[0], 4*size, cols, groups)
}

// turn writes columns of eight rows, which are stride numbers apart, to dst.
func (s *Set) turn(dst []float32, dstStride int, rows []float32, stride, cols int) {
	_, _ = dst[(cols-1)*dstStride+turnedRows-1], rows[(turnedRows-1)*stride+cols-1]
	transposeAVX2(&dst[0], 4*dstStride, &rows[0], 4*stride, cols/turnedRows)
}
