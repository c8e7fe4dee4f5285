package kernels

// Prefetch asks for bytes that will be read soon. It reads nothing itself. Processors do so on their own where memory is
// gone through without a break, but not where much is computed in between.
func Prefetch(b []byte) { active.prefetch(b) }

// ask prefetches at most so many columns from col on of the rows lo ≤ r < hi, as far as there are such.
func (s *Set) ask(m *Matrix, lo, hi, col, cols int) {
	if hi = min(hi, m.Rows); lo < hi {
		from, bytes := m.span(col, min(cols, m.Cols-col))
		s.prefetchBytes(m.Bytes[lo*m.rowBytes+from:], m.rowBytes, hi-lo, bytes)
	}
}

// pageBytes is the size of a page where pages are small.
const pageBytes = 4 << 10

// askPages asks at once for one line of each page of the rows lo ≤ r < hi, as far as there are such: so the processor finds
// out side by side where pages lie. Who reads a matrix from its first byte to its last would wait for one after the other.
func (s *Set) askPages(m *Matrix, lo, hi int) {
	if hi = min(hi, m.Rows); lo < hi {
		bytes := m.Bytes[lo*m.rowBytes : hi*m.rowBytes]
		s.prefetchBytes(bytes, pageBytes, len(bytes)/pageBytes+1, 1)
	}
}
