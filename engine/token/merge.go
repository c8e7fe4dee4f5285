package token

// merger joins neighbouring symbols of a stretch of text, best pair first. A symbol is known by the byte at which it
// begins, so its neighbour on the right begins where it ends. The memory is used again for the next stretch.
type merger struct {
	table *table
	text  string
	size  []int32 // of the symbol that begins at a byte, in bytes; 0 where none begins
	prev  []int32 // where the symbol in front of it begins; undefined for the first
	pairs []pair  // a heap, the best at its root
}

// pair is a candidate: two neighbours that, when they were looked at, made a token of size bytes.
type pair struct {
	score    float32
	at, size int32
}

// reset makes every character of text, which is not empty, a symbol.
func (m *merger) reset(text string) {
	m.text = text
	m.size, m.prev, m.pairs = m.size[:0], m.prev[:0], m.pairs[:0]
	last := 0
	for at := 0; at < len(text); {
		n := charLen(text[at:])
		m.size = append(m.size, make([]int32, n)...)
		m.prev = append(m.prev, make([]int32, n)...)
		m.size[at], m.prev[at] = int32(n), int32(last)
		last = at
		at += n
	}
}

// join joins until no two neighbours make a token.
func (m *merger) join() {
	for at := 0; at < len(m.text); at += int(m.size[at]) {
		m.consider(int32(at))
	}
	for len(m.pairs) > 0 {
		p := m.pop()
		right := p.at + m.size[p.at]
		if m.size[p.at] == 0 || m.ends(right) || m.size[p.at]+m.size[right] != p.size {
			continue // one side was joined to another symbol since
		}
		m.size[p.at], m.size[right] = p.size, 0
		if next := p.at + p.size; !m.ends(next) {
			m.prev[next] = p.at
		}
		if p.at > 0 {
			m.consider(m.prev[p.at])
		}
		m.consider(p.at)
	}
}

func (m *merger) ends(at int32) bool { return int(at) >= len(m.text) }

// consider makes the symbol at a byte and the next one a candidate if their joined text is a token.
func (m *merger) consider(at int32) {
	right := at + m.size[at]
	if m.ends(right) {
		return
	}
	size := m.size[at] + m.size[right]
	id, ok := m.table.ids[m.text[at:at+size]]
	if !ok {
		return
	}
	m.push(pair{m.table.score(id), at, size})
}

// before is the order of joining: the higher score, then the leftmost.
func (p *pair) before(q *pair) bool {
	return p.score > q.score || p.score == q.score && p.at < q.at
}

func (m *merger) push(p pair) {
	m.pairs = append(m.pairs, p)
	for i := len(m.pairs) - 1; i > 0; {
		parent := (i - 1) / 2
		if !m.pairs[i].before(&m.pairs[parent]) {
			return
		}
		m.pairs[i], m.pairs[parent] = m.pairs[parent], m.pairs[i]
		i = parent
	}
}

func (m *merger) pop() pair {
	root, last := m.pairs[0], len(m.pairs)-1
	m.pairs[0] = m.pairs[last]
	m.pairs = m.pairs[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			return root
		}
		if right := child + 1; right < last && m.pairs[right].before(&m.pairs[child]) {
			child = right
		}
		if !m.pairs[child].before(&m.pairs[i]) {
			return root
		}
		m.pairs[i], m.pairs[child] = m.pairs[child], m.pairs[i]
		i = child
	}
}
