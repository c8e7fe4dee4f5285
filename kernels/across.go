package kernels

// Products with one token may have blocks across: see kernels/gen/across.go. Then the words of the token lie as those of a
// group of 16 tokens would: word by word, each of 16 blocks.
const acrossBlocks = 16

// across returns the words of the only token so, which it arranges the first time. Columns must be whole groups.
func (a *Activations) across() []uint32 {
	if len(a.turned) > 0 {
		return a.turned
	}
	if cap(a.turned) < len(a.words) {
		a.turned = make([]uint32, len(a.words))
	}
	a.turned = a.turned[:len(a.words)]
	const size = acrossBlocks * actWords
	for at := 0; at < len(a.words); at += size {
		from, to := (*[size]uint32)(a.words[at:]), (*[size]uint32)(a.turned[at:])
		for block := range acrossBlocks {
			for word := range actWords {
				to[word*acrossBlocks+block] = from[block*actWords+word]
			}
		}
	}
	return a.turned
}

// liesAcross reports whether products of m with one token have blocks across.
func (s *Set) liesAcross(m *Matrix) bool {
	return m.Cols%(acrossBlocks*blockCols) == 0 && s.hasAcross(m.Type)
}
