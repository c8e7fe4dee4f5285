package kernels

// Products with one token may have blocks across: see kernels/gen/across.go. Then the words of the token lie as those of a
// group of 16 tokens would: word by word, each of 16 blocks. Behind the codes, the scale and the sum of a block come the
// magnitudes of its codes.
const (
	acrossBlocks = 16

	acrossMagnitudes = actSums + 1
	acrossWords      = acrossMagnitudes + 8
)

// across returns the words of the only token so, which it arranges the first time. Columns must be whole groups.
func (a *Activations) across() []uint32 {
	if len(a.turned) > 0 {
		return a.turned
	}
	a.turned = grown(a.turned, len(a.words)/actWords*acrossWords)
	to := a.turned
	for from := a.words; len(from) > 0; from, to = from[acrossBlocks*actWords:], to[acrossBlocks*acrossWords:] {
		for block := range acrossBlocks {
			for i, word := range from[block*actWords:][:acrossMagnitudes] {
				to[i*acrossBlocks+block] = word
			}
			for j, codes := range from[block*actWords:][:8] {
				to[(acrossMagnitudes+j)*acrossBlocks+block] = byteMagnitudes(codes)
			}
		}
	}
	return a.turned
}

// byteMagnitudes returns those of four signed bytes, as unsigned ones: of -128 it is 128.
func byteMagnitudes(codes uint32) uint32 {
	negative := codes >> 7 & 0x01010101
	return (codes ^ 0xff*negative) + negative
}

// liesAcross reports whether products of m with one token have blocks across.
func (s *Set) liesAcross(m *Matrix) bool {
	return m.Cols%(acrossBlocks*blockCols) == 0 && s.hasAcross(m.Type)
}
