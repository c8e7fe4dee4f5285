package kernels

import (
	"fmt"
	"math"
)

// HeadShape is the shape of an attention: Heads query heads, every Heads/KVHeads of which share one head of keys and values,
// all with Dim numbers. Scores are multiplied by Scale.
type HeadShape struct {
	Heads, KVHeads, Dim int
	Scale               float32
}

// Attender computes attention by the workers of a pool. It keeps their scratch memory, so that a call allocates nothing.
// It is used by one goroutine at a time.
type Attender struct {
	pool   *Pool
	task   attention
	scores scoring
	mix    mixing
}

// NewAttender returns an attender that works by pool.
func NewAttender(pool *Pool) *Attender { return active.NewAttender(pool) }

// NewAttender returns an attender that works by pool, at this level.
func (s *Set) NewAttender(pool *Pool) *Attender {
	a := &Attender{pool: pool, task: attention{set: s, scratch: make([]attnScratch, pool.Threads())}}
	a.scores, a.mix = scoring{&a.task}, mixing{&a.task}
	return a
}

// Attend writes Σ_j softmax_j(scale·q·k_j)·v_j to dst [tokens, heads, dim] for each query of q, of the same shape, with
// keys and values [cells, kv_heads, dim]. Token t sees the cells 0 … pos[t]. The error says how the shapes do not fit, or is a
// fault in a mapped file.
//
// The softmax is taken online, 64 cells at a time (arXiv 1805.02867, 2205.14135), in float32. What a token gets does not
// depend on the others, nor on the cells that it does not see. The error of an output is at most
// 2^-24·max|v|·(cells + 20 + 2·(dim+2)·scale·max_j Σ|q·k_j|).
func (a *Attender) Attend(dst, q []float32, k, v Cells, pos []int32, h HeadShape) error {
	if err := h.fits(dst, q, &k, &v, pos); err != nil {
		return err
	}
	a.task.HeadShape, a.task.dst, a.task.q, a.task.k, a.task.v, a.task.pos = h, dst, q, k, v, pos
	return a.run(&a.task, len(pos), 2*len(q)*a.task.seen(0, len(pos)))
}

// run shares the units of a task over some tokens, so many multiply-adds.
func (a *Attender) run(t Task, tokens, work int) error {
	a.task.tokens = max(1, attnRows*a.task.KVHeads/a.task.Heads)
	n := (tokens + a.task.tokens - 1) / a.task.tokens * a.task.KVHeads
	if work < worthSharing {
		return a.pool.alone(n, t)
	}
	return a.pool.Do(n, t)
}

// seen returns how many cells the tokens first ≤ i < last see.
func (a *attention) seen(first, last int) int {
	n := 0
	for _, p := range a.pos[first:last] {
		n = max(n, int(p)+1)
	}
	return n
}

func (h *HeadShape) valid() error {
	if h.Dim <= 0 || h.KVHeads <= 0 || h.Heads <= 0 || h.Heads%h.KVHeads != 0 {
		return fmt.Errorf("attention of %d heads over %d of keys and values, of %d numbers: whole groups of heads must share one", h.Heads, h.KVHeads, h.Dim)
	}
	return nil
}

func (h *HeadShape) fits(dst, q []float32, k, v *Cells, pos []int32) error {
	if err := h.valid(); err != nil {
		return err
	}
	if want := len(pos) * h.Heads * h.Dim; len(q) != want || len(dst) != want {
		return fmt.Errorf("attention of %d tokens, %d heads of %d numbers: q has %d and dst %d numbers, expected %d", len(pos), h.Heads, h.Dim, len(q), len(dst), want)
	}
	return h.reach(k, v, pos)
}

// reach reports a token that sees more cells than there are.
func (h *HeadShape) reach(k, v *Cells, pos []int32) error {
	cells, err := k.cells(h)
	if err != nil {
		return err
	}
	values, err := v.cells(h)
	if err != nil {
		return err
	}
	cells = min(cells, values)
	for _, p := range pos {
		if p < 0 || int(p) >= cells {
			return fmt.Errorf("attention up to cell %d: the keys and values [cells, %d, %d] have %d", p, h.KVHeads, h.Dim, cells)
		}
	}
	return nil
}

const (
	attnBlock = 64 // cells that are taken together; blocks begin at multiples of it
	attnGroup = 16 // cells that are turned together, and numbers that rows are filled up to
	attnRows  = 64 // queries that are taken together, if a token has no more heads
)

// attention is the task of one call. Its unit is a head of keys and values with the queries of some tokens.
type attention struct {
	HeadShape
	set     *Set
	dst, q  []float32
	k, v    Cells
	pos     []int32
	cells   int // that somebody sees
	tokens  int // of a unit
	scratch []attnScratch
}

// Range computes the units lo ≤ i < hi.
func (a *attention) Range(worker, lo, hi int) {
	for i := lo; i < hi; i++ {
		a.unit(&a.scratch[worker], i)
	}
}

// unit attends block by block. Units of late tokens, which see more, come first.
func (a *attention) unit(s *attnScratch, i int) {
	last := len(a.pos) - i/a.KVHeads*a.tokens
	first := max(0, last-a.tokens)
	s.begin(a, i%a.KVHeads, first, last, a.seen(first, last))
	s.takeQueries(a)
	a.set.Scale(a.Scale, s.q)
	for cell := 0; cell < s.cells; cell += attnBlock {
		s.block(a, cell, min(attnBlock, s.cells-cell))
	}
	s.end(a)
}

// attnScratch is memory of one worker, and what it knows of its unit. A row is a query of one token and head.
type attnScratch struct {
	head, first, last, cells int // the head of keys, the tokens, and how many cells count

	q, out       []float32 // [rows, width]
	keys         []float32 // [width, 64], turned
	copied       []float32 // [64, width]
	scores       []float32 // [rows, 64]
	most, shrink []float32 // [rows]: the largest score so far, and what earlier blocks are multiplied by
	sums         []float32 // [rows, 16]

	product blockProduct
}

func (a *attention) group() int { return a.Heads / a.KVHeads }

// width is a head's size, filled up.
func (a *attention) width() int { return (a.Dim + attnGroup - 1) / attnGroup * attnGroup }

func (s *attnScratch) begin(a *attention, head, first, last, cells int) {
	s.head, s.first, s.last, s.cells = head, first, last, cells
	s.resize((last-first)*a.group(), a.width())
	clear(s.out)
	clear(s.sums)
	for r := range s.most {
		s.most[r] = float32(math.Inf(-1))
	}
}

// takeQueries copies the queries of the heads of each token. Rows that are filled up have room between them.
func (s *attnScratch) takeQueries(a *attention) {
	for token := s.first; token < s.last; token++ {
		from, row := a.q[s.queries(a, token):], s.q[(token-s.first)*a.group()*a.width():]
		if a.width() == a.Dim {
			copy(row[:a.group()*a.Dim], from)
			continue
		}
		for h := range a.group() {
			copy(row[h*a.width():][:a.Dim], from[h*a.Dim:])
		}
	}
}

// queries returns where the queries of a token begin, or what comes out for them. They follow each other.
func (s *attnScratch) queries(a *attention, token int) int {
	return (token*a.Heads + s.head*a.group()) * a.Dim
}

func (s *attnScratch) resize(rows, width int) {
	s.q, s.out = grown(s.q, rows*width), grown(s.out, rows*width)
	s.keys, s.copied = grown(s.keys, width*attnBlock), grown(s.copied, attnBlock*width)
	s.scores, s.sums = grown(s.scores, rows*attnBlock), grown(s.sums, rows*sumLanes)
	s.most, s.shrink = grown(s.most, rows), grown(s.shrink, rows)
}

// block takes n cells from cell on.
func (s *attnScratch) block(a *attention, cell, n int) {
	a.prefetch(&a.v, cell, s.head, n)
	s.multiplyKeys(a, cell, n)
	s.hide(a, cell)
	a.set.blocks.softmax(s.scores, s.most, s.shrink, s.sums)
	s.addValues(a, cell, n)
}

// multiplyKeys makes the scores of a block, and asks for the next keys.
func (s *attnScratch) multiplyKeys(a *attention, cell, n int) {
	s.turnKeys(a, cell, n)
	s.product = blockProduct{s.scores, s.q, s.keys, attnBlock, a.width(), attnBlock, len(s.most), a.Dim, attnBlock, nil}
	a.set.blocks.multiply(&s.product)
	if next := cell + attnBlock; next < s.cells {
		a.prefetch(&a.k, next, s.head, min(attnBlock, s.cells-next))
	}
}

// turnKeys turns the keys of a block. What cannot be read as it lies is unpacked before, to where there is room for whole
// groups of cells and of numbers. Nothing is made of what else lies there.
func (s *attnScratch) turnKeys(a *attention, cell, n int) {
	width, whole := a.width(), 0
	if a.direct(&a.k) {
		whole = n / attnGroup * attnGroup
		a.set.blocks.transpose(s.keys, a.k.floats[a.row(cell, s.head)*a.Dim:], a.KVHeads*a.Dim, width, whole)
	}
	if whole < n {
		a.unpack(s.copied, &a.k, cell+whole, s.head, n-whole)
		rest := (n - whole + attnGroup - 1) / attnGroup * attnGroup
		a.set.blocks.transpose(s.keys[whole:], s.copied, width, width, rest)
	}
}

// visible is how many cells of the block at cell a token sees.
func (a *attention) visible(token, cell int) int {
	return min(max(0, int(a.pos[token])+1-cell), attnBlock)
}

// hidden are scores that a softmax makes zeros of.
var hidden = func() (row [attnBlock]float32) {
	for i := range row {
		row[i] = float32(math.Inf(-1))
	}
	return row
}()

// hide takes the scores of cells that a token does not see out of its softmax.
func (s *attnScratch) hide(a *attention, cell int) {
	for token := s.first; token < s.last; token++ {
		seen, row := a.visible(token, cell), (token-s.first)*a.group()
		for r := row; r < row+a.group() && seen < attnBlock; r++ {
			copy(s.scores[r*attnBlock:][seen:attnBlock], hidden[:])
		}
	}
}

// addValues adds the values of the cells that each token sees. Tokens that see equally many are taken together.
func (s *attnScratch) addValues(a *attention, cell, n int) {
	values, stride, width := s.copied, a.width(), a.width()
	if a.direct(&a.v) {
		values, stride = a.v.floats[a.row(cell, s.head)*a.Dim:], a.KVHeads*a.Dim
	} else {
		a.unpack(s.copied, &a.v, cell, s.head, n)
	}
	for from := s.first; from < s.last; {
		seen, to := a.visible(from, cell), from+1
		for to < s.last && a.visible(to, cell) == seen {
			to++
		}
		if row, rows := (from-s.first)*a.group(), (to-from)*a.group(); seen > 0 {
			s.product = blockProduct{s.out[row*width:], s.scores[row*attnBlock:], values, width, attnBlock, stride, rows, seen, width, s.shrink[row:]}
			a.set.blocks.multiply(&s.product)
		}
		from = to
	}
}

// end divides by the sums.
func (s *attnScratch) end(a *attention) {
	for token := s.first; token < s.last; token++ {
		first, rows := (token-s.first)*a.group(), a.group()
		dst, out := a.dst[s.queries(a, token):], s.out[first*a.width():][:rows*a.width()]
		sums := s.sums[first*sumLanes:][:rows*sumLanes]
		if a.width() == a.Dim {
			a.set.blocks.divide(dst, out, sums)
			continue
		}
		a.set.blocks.divide(out, out, sums)
		for h := range rows {
			copy(dst[h*a.Dim:][:a.Dim], out[h*a.width():])
		}
	}
}
