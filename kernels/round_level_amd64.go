//go:build amd64 && !purego

package kernels

// quantizeRow rounds whole blocks of a row.
func (s *Set) quantizeRow(words []uint32, width int, row []float32) {
	blocks := len(row) / blockCols
	if s.tier < avx2 || blocks == 0 {
		quantizeRowGeneric(words, width, row)
		return
	}
	_ = words[(blocks*actWords-1)*width]
	quantizeRowAVX2(&words[0], width, &row[0], blocks)
}
