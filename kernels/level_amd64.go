//go:build amd64 && !purego

package kernels

import (
	"unsafe"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// tileWidth is the number of tokens that lie together.
func (s *Set) tileWidth() int {
	if s.tier == vnni {
		return 6
	}
	return 4
}

// unpackFunc unpacks blocks of as many rows as its registers have lanes into a panel, or into half of one.
type unpackFunc func(panel, rows *byte, stride, blocks int)

// unpackers fill a panel from blocks of 16 rows by AVX-512, and half a panel from 8 by AVX2.
var unpackers = [...]struct{ avx512, avx2 unpackFunc }{
	gguf.Q4_0:    {unpackQ4_0AVX512, unpackQ4_0AVX2},
	gguf.Q4_1:    {unpackQ4_1AVX512, unpackQ4_1AVX2},
	gguf.Q5_0:    {unpackQ5_0AVX512, unpackQ5_0AVX2},
	gguf.Q5_1:    {unpackQ5_1AVX512, unpackQ5_1AVX2},
	gguf.Q8_0:    {unpackQ8_0AVX512, unpackQ8_0AVX2},
	gguf.Q8_1:    {unpackQ8_1AVX512, unpackQ8_1AVX2},
	gguf.Q8_K:    {unpackQ8_KAVX512, unpackQ8_KAVX2},
	gguf.Q1_0:    {unpackQ1_0AVX512, unpackQ1_0AVX2},
	gguf.Q2_0:    {unpackQ2_0AVX512, unpackQ2_0AVX2},
	gguf.Q2_K:    {unpackQ2_KAVX512, unpackQ2_KAVX2},
	gguf.Q3_K:    {unpackQ3_KAVX512, unpackQ3_KAVX2},
	gguf.Q4_K:    {unpackQ4_KAVX512, unpackQ4_KAVX2},
	gguf.Q5_K:    {unpackQ5_KAVX512, unpackQ5_KAVX2},
	gguf.Q6_K:    {unpackQ6_KAVX512, unpackQ6_KAVX2},
	gguf.IQ4_NL:  {unpackIQ4_NLAVX512, unpackIQ4_NLAVX2},
	gguf.IQ4_XS:  {unpackIQ4_XSAVX512, unpackIQ4_XSAVX2},
	gguf.TQ1_0:   {unpackTQ1_0AVX512, unpackTQ1_0AVX2},
	gguf.TQ2_0:   {unpackTQ2_0AVX512, unpackTQ2_0AVX2},
	gguf.MXFP4:   {unpackMXFP4AVX512, unpackMXFP4AVX2},
	gguf.NVFP4:   {unpackNVFP4AVX512, unpackNVFP4AVX2},
	gguf.IQ1_S:   {unpackIQ1_SAVX512, unpackIQ1_SAVX2},
	gguf.IQ1_M:   {unpackIQ1_MAVX512, unpackIQ1_MAVX2},
	gguf.IQ2_XXS: {unpackIQ2_XXSAVX512, unpackIQ2_XXSAVX2},
	gguf.IQ2_XS:  {unpackIQ2_XSAVX512, unpackIQ2_XSAVX2},
	gguf.IQ2_S:   {unpackIQ2_SAVX512, unpackIQ2_SAVX2},
	gguf.IQ3_XXS: {unpackIQ3_XXSAVX512, unpackIQ3_XXSAVX2},
	gguf.IQ3_S:   {unpackIQ3_SAVX512, unpackIQ3_SAVX2},
}

// fill unpacks so many columns of 16 rows, which begin at rows.
func (s *Set) fill(m *Matrix, p *panel, f *panelFiller, rows []byte, cols int) {
	if s.tier < avx2 || int(m.Type) >= len(unpackers) || unpackers[m.Type].avx2 == nil {
		f.fill(p, m.Type, m.layout, rows, m.rowBytes, cols)
		return
	}
	blocks := cols / m.Type.BlockWeights()
	_ = rows[(panelRows-1)*m.rowBytes+blocks*m.Type.BlockBytes()-1]
	if s.tier >= avx512 {
		unpack := unpackers[m.Type].avx512
		if s.hasCodebook(m.Type) {
			unpack = codebooks[m.Type].unpack
		}
		unpack((*byte)(unsafe.Pointer(p)), &rows[0], m.rowBytes, blocks)
		return
	}
	for row := 0; row < panelRows; row += narrowRows {
		unpackers[m.Type].avx2((*byte)(unsafe.Pointer(&p[row])), &rows[row*m.rowBytes], m.rowBytes, blocks)
	}
}

// narrowRows is the number of rows that AVX2 works on together.
const narrowRows = panelRows / 2

// dotFunc multiplies blocks of as many rows as its registers have lanes by one token.
type dotFunc func(acc *float32, rows *byte, stride, blocks int, acts *byte)

// dots multiply blocks of 16 rows by VNNI, or by the same asking near, and of 8 by AVX2, which is the faster one for points of
// grids: see codebooks. At AVX2, which a Zen 5 takes only when told to, near was faster for some formats and slower for others.
var dots = [...]struct{ vnni, near, avx2 dotFunc }{
	gguf.Q4_0:    {dotQ4_0VNNI, dotQ4_0NearVNNI, dotQ4_0AVX2},
	gguf.Q4_1:    {dotQ4_1VNNI, dotQ4_1NearVNNI, dotQ4_1AVX2},
	gguf.Q5_0:    {dotQ5_0VNNI, dotQ5_0NearVNNI, dotQ5_0AVX2},
	gguf.Q5_1:    {dotQ5_1VNNI, dotQ5_1NearVNNI, dotQ5_1AVX2},
	gguf.Q8_0:    {dotQ8_0VNNI, dotQ8_0NearVNNI, dotQ8_0AVX2},
	gguf.Q8_1:    {dotQ8_1VNNI, dotQ8_1NearVNNI, dotQ8_1AVX2},
	gguf.Q8_K:    {dotQ8_KVNNI, dotQ8_KNearVNNI, dotQ8_KAVX2},
	gguf.Q1_0:    {dotQ1_0VNNI, dotQ1_0NearVNNI, dotQ1_0AVX2},
	gguf.Q2_0:    {dotQ2_0VNNI, dotQ2_0NearVNNI, dotQ2_0AVX2},
	gguf.Q2_K:    {dotQ2_KVNNI, dotQ2_KNearVNNI, dotQ2_KAVX2},
	gguf.Q3_K:    {dotQ3_KVNNI, dotQ3_KNearVNNI, dotQ3_KAVX2},
	gguf.Q4_K:    {dotQ4_KVNNI, dotQ4_KNearVNNI, dotQ4_KAVX2},
	gguf.Q5_K:    {dotQ5_KVNNI, dotQ5_KNearVNNI, dotQ5_KAVX2},
	gguf.Q6_K:    {dotQ6_KVNNI, dotQ6_KNearVNNI, dotQ6_KAVX2},
	gguf.IQ4_NL:  {dotIQ4_NLVNNI, dotIQ4_NLNearVNNI, dotIQ4_NLAVX2},
	gguf.IQ4_XS:  {dotIQ4_XSVNNI, dotIQ4_XSNearVNNI, dotIQ4_XSAVX2},
	gguf.TQ1_0:   {dotTQ1_0VNNI, dotTQ1_0NearVNNI, dotTQ1_0AVX2},
	gguf.TQ2_0:   {dotTQ2_0VNNI, dotTQ2_0NearVNNI, dotTQ2_0AVX2},
	gguf.MXFP4:   {dotMXFP4VNNI, dotMXFP4NearVNNI, dotMXFP4AVX2},
	gguf.NVFP4:   {dotNVFP4VNNI, dotNVFP4NearVNNI, dotNVFP4AVX2},
	gguf.IQ1_S:   {nil, nil, dotIQ1_SAVX2},
	gguf.IQ1_M:   {nil, nil, dotIQ1_MAVX2},
	gguf.IQ2_XXS: {nil, nil, dotIQ2_XXSAVX2},
	gguf.IQ2_XS:  {nil, nil, dotIQ2_XSAVX2},
	gguf.IQ2_S:   {nil, nil, dotIQ2_SAVX2},
	gguf.IQ3_XXS: {nil, nil, dotIQ3_XXSAVX2},
	gguf.IQ3_S:   {nil, nil, dotIQ3_SAVX2},
}

// codebooks take the place of others where points of grids are looked up in registers.
var codebooks = [...]struct {
	unpack unpackFunc
	dot    dotFunc
}{
	gguf.IQ1_S:   {unpackIQ1_SVBMI, dotIQ1_SVBMI},
	gguf.IQ1_M:   {unpackIQ1_MVBMI, dotIQ1_MVBMI},
	gguf.IQ2_XXS: {unpackIQ2_XXSVBMI, dotIQ2_XXSVBMI},
	gguf.IQ2_XS:  {unpackIQ2_XSVBMI, dotIQ2_XSVBMI},
	gguf.IQ2_S:   {unpackIQ2_SVBMI, dotIQ2_SVBMI},
	gguf.IQ3_XXS: {unpackIQ3_XXSVBMI, dotIQ3_XXSVBMI},
	gguf.IQ3_S:   {unpackIQ3_SVBMI, dotIQ3_SVBMI},
}

func (s *Set) hasCodebook(t gguf.Type) bool {
	return s.bytes && int(t) < len(codebooks) && codebooks[t].dot != nil
}

// dot writes the products of a tile's rows with one token to acc, if there is a kernel that needs no panel.
func (s *Set) dot(m *Matrix, acc []float32, rows []byte, words []uint32) bool {
	if s.tier < avx2 || int(m.Type) >= len(dots) || dots[m.Type].avx2 == nil {
		return false
	}
	f, n := dots[m.Type].avx2, narrowRows
	switch {
	case s.hasCodebook(m.Type):
		f, n = codebooks[m.Type].dot, panelRows
	case s.tier == vnni && dots[m.Type].vnni != nil && s.fetch == near:
		f, n = dots[m.Type].near, panelRows
	case s.tier == vnni && dots[m.Type].vnni != nil:
		f, n = dots[m.Type].vnni, panelRows
	}
	_, _, _ = acc[tileRows-1], rows[tileRows*m.rowBytes-1], words[m.Cols/blockCols*actWords-1]
	for row := 0; row < tileRows; row += n {
		f(&acc[row], &rows[row*m.rowBytes], m.rowBytes, m.Cols/m.Type.BlockWeights(), (*byte)(unsafe.Pointer(&words[0])))
	}
	return true
}

// acrossFunc multiplies n rows of groups of 16 blocks by one token, block by block.
type acrossFunc func(products *float32, rows *byte, n, groups int, acts *byte)

// acrossFuncs take the place of dots for short blocks without minima.
var acrossFuncs = [...]struct{ vnni, near, avx2 acrossFunc }{
	gguf.Q4_0:   {acrossQ4_0VNNI, acrossQ4_0NearVNNI, acrossQ4_0AVX2},
	gguf.Q5_0:   {acrossQ5_0VNNI, acrossQ5_0NearVNNI, acrossQ5_0AVX2},
	gguf.Q8_0:   {acrossQ8_0VNNI, acrossQ8_0NearVNNI, acrossQ8_0AVX2},
	gguf.Q8_1:   {acrossQ8_1VNNI, acrossQ8_1NearVNNI, acrossQ8_1AVX2},
	gguf.IQ4_NL: {acrossIQ4_NLVNNI, acrossIQ4_NLNearVNNI, acrossIQ4_NLAVX2},
	gguf.MXFP4:  {acrossMXFP4VNNI, acrossMXFP4NearVNNI, acrossMXFP4AVX2},
}

func (s *Set) hasAcross(t gguf.Type) bool {
	return s.tier >= avx2 && int(t) < len(acrossFuncs) && acrossFuncs[t].avx2 != nil
}

// dotAcross multiplies the rows of a tile by one token, whose words have blocks across. It needs memory for the products of
// 16 rows' blocks.
func (s *Set) dotAcross(m *Matrix, acc []float32, rows []byte, words []uint32, products []float32) {
	blocks := m.Cols / blockCols
	_, _, _, _ = acc[tileRows-1], rows[tileRows*m.rowBytes-1], words[blocks*acrossWords-1], products[panelRows*blocks-1]
	multiply, sum, n := acrossFuncs[m.Type].avx2, sumAcrossAVX2, narrowRows
	switch {
	case s.tier == vnni && s.fetch == near:
		multiply, sum, n = acrossFuncs[m.Type].near, sumAcrossAVX512, panelRows
	case s.tier == vnni:
		multiply, sum, n = acrossFuncs[m.Type].vnni, sumAcrossAVX512, panelRows
	}
	for row := 0; row < tileRows; row += n {
		multiply(&products[0], &rows[row*m.rowBytes], n, blocks/acrossBlocks, (*byte)(unsafe.Pointer(&words[0])))
		sum(&acc[row], &products[0], blocks)
	}
}

// prefetch asks for bytes that will be read soon.
func (s *Set) prefetch(b []byte) {
	if s.tier >= avx2 && len(b) > 0 {
		prefetchLines(&b[0], (len(b)+63)/64)
	}
}

// tileFunc is a tile kernel for groups of one width.
type tileFunc func(acc *float32, panels *byte, blocks int, acts *byte, stride, groups, offset int)

// The tile kernels by width, for each of the layouts that types have.
var tileFuncs = map[[2]int][maxWidth + 1]tileFunc{
	{32, 0}:  {1: tilex1VNNI, 2: tilex2VNNI, 4: tilex4VNNI, 6: tilex6VNNI},
	{32, 32}: {1: tileMinx1VNNI, 2: tileMinx2VNNI, 4: tileMinx4VNNI, 6: tileMinx6VNNI},
	{32, 16}: {1: tileMin16x1VNNI, 2: tileMin16x2VNNI, 4: tileMin16x4VNNI, 6: tileMin16x6VNNI},
	{16, 0}:  {1: tile16x1VNNI, 2: tile16x2VNNI, 4: tile16x4VNNI, 6: tile16x6VNNI},
}

// The same for AVX2, where it matters how large codes are.
var narrowTiles = map[narrowLayout][maxWidth + 1]tileFunc{
	{32, 0, 4}:  {1: tilex1Bits4AVX2, 2: tilex2Bits4AVX2, 4: tilex4Bits4AVX2},
	{32, 0, 5}:  {1: tilex1Bits5AVX2, 2: tilex2Bits5AVX2, 4: tilex4Bits5AVX2},
	{32, 0, 7}:  {1: tilex1Bits7AVX2, 2: tilex2Bits7AVX2, 4: tilex4Bits7AVX2},
	{32, 0, 8}:  {1: tilex1Bits8AVX2, 2: tilex2Bits8AVX2, 4: tilex4Bits8AVX2},
	{32, 32, 4}: {1: tileMinx1Bits4AVX2, 2: tileMinx2Bits4AVX2, 4: tileMinx4Bits4AVX2},
	{32, 32, 5}: {1: tileMinx1Bits5AVX2, 2: tileMinx2Bits5AVX2, 4: tileMinx4Bits5AVX2},
	{32, 16, 6}: {1: tileMin16x1Bits6AVX2, 2: tileMin16x2Bits6AVX2, 4: tileMin16x4Bits6AVX2},
	{16, 0, 5}:  {1: tile16x1Bits5AVX2, 2: tile16x2Bits5AVX2, 4: tile16x4Bits5AVX2},
	{16, 0, 6}:  {1: tile16x1Bits6AVX2, 2: tile16x2Bits6AVX2, 4: tile16x4Bits6AVX2},
	{16, 0, 7}:  {1: tile16x1Bits7AVX2, 2: tile16x2Bits7AVX2, 4: tile16x4Bits7AVX2},
}

// narrowLayout is a layout, and the bits of the largest code.
type narrowLayout struct{ group, minGroup, bits int }

// codeBits has the bits of the largest code.
var codeBits = [...]int{
	gguf.Q4_0: 4, gguf.Q4_1: 4, gguf.Q4_K: 4, gguf.Q1_0: 4, gguf.Q2_0: 4, gguf.TQ1_0: 4, gguf.TQ2_0: 4,
	gguf.Q5_0: 5, gguf.Q5_1: 5, gguf.Q5_K: 5, gguf.MXFP4: 5, gguf.NVFP4: 5, gguf.IQ3_S: 5, gguf.IQ1_S: 5, gguf.IQ1_M: 5,
	gguf.Q2_K: 6, gguf.Q6_K: 6,
	gguf.IQ2_XXS: 7, gguf.IQ2_XS: 7, gguf.IQ2_S: 7, gguf.IQ3_XXS: 7,
	gguf.Q8_0: 8, gguf.Q8_1: 8, gguf.Q8_K: 8, gguf.Q3_K: 8, gguf.IQ4_NL: 8, gguf.IQ4_XS: 8,
}

// tilesOf has the kernels by type, since to look up layouts for each call took 3 % of a prefill.
var tilesOf = func() (list [len(codeBits)]struct{ vnni, avx2 [maxWidth + 1]tileFunc }) {
	for t := range list {
		if l, ok := quant.LayoutOf(gguf.Type(t)); ok {
			list[t].vnni = tileFuncs[[2]int{l.Group, l.MinGroup}]
			list[t].avx2 = narrowTiles[narrowLayout{l.Group, l.MinGroup, codeBits[t]}]
		}
	}
	return list
}()

func (s *Set) tile(m *Matrix, acc []float32, panels *[tilePanels]panel, blocks int, g group, stride int) {
	var f tileFunc
	switch {
	case s.tier == vnni:
		f = tilesOf[m.Type].vnni[g.width]
	case s.tier >= avx2:
		f = tilesOf[m.Type].avx2[g.width]
	default:
		tileGeneric(acc, panels, blocks, g, stride, m.layout)
		return
	}
	_ = acc[g.n*g.width*tileRows-1]
	_ = g.words[(g.n-1)*stride+blocks*g.width*actWords-1]
	f(&acc[0], (*byte)(unsafe.Pointer(panels)), blocks, (*byte)(unsafe.Pointer(&g.words[0])), 4*stride, g.n, m.layout.Offset)
}
