package kernels

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// scores returns the scores of every cell, [heads, tokens, cells].
func (c attnCase) scores(t testing.TB, set *Set, threads int, q []float32, k Cells) []float32 {
	pool := NewPool(threads)
	defer pool.Close()
	dst := make([]float32, c.Heads*c.tokens*c.cells)
	if err := set.NewAttender(pool).Scores(dst, q, k, c.HeadShape); err != nil {
		t.Fatal(err)
	}
	return dst
}

// mix returns probabilities times values.
func (c attnCase) mix(t testing.TB, set *Set, threads int, p []float32, v Cells, pos []int32) []float32 {
	pool := NewPool(threads)
	defer pool.Close()
	dst := make([]float32, len(pos)*c.Heads*c.Dim)
	if err := set.NewAttender(pool).Mix(dst, p, v, pos, c.HeadShape); err != nil {
		t.Fatal(err)
	}
	return dst
}

var partCases = []attnCase{
	{HeadShape{1, 1, 1, 1}, 1, 1},
	{HeadShape{2, 1, 8, 1}, 70, 70},
	{HeadShape{6, 3, 12, 1}, 33, 5},
	{HeadShape{8, 2, 64, 1}, 130, 9},
	{HeadShape{4, 4, 64, 1}, 257, 100},
	{HeadShape{5, 1, 80, 1}, 65, 1},
	{HeadShape{128, 1, 16, 1}, 20, 3},
}

func TestPartsOfAttentionAreWithinTheirErrorBounds(t *testing.T) {
	for _, c := range partCases {
		q, k, v, pos := c.inputs()
		p := randomRows(c.Heads * c.tokens * c.cells)
		atLevels(func(set *Set) {
			c.checkScores(t, set, q, k, c.scores(t, set, 1, q, FloatCells(k)))
			c.checkMix(t, set, p, v, pos, c.mix(t, set, 1, p, FloatCells(v), pos))
		})
	}
}

func (c attnCase) checkScores(t *testing.T, set *Set, q, k, got []float32) {
	for i, g := range got {
		head, token, cell := i/c.cells/c.tokens, i/c.cells%c.tokens, i%c.cells
		query := q[(token*c.Heads+head)*c.Dim:][:c.Dim]
		key := k[(cell*c.KVHeads+head/(c.Heads/c.KVHeads))*c.Dim:][:c.Dim]
		bound := unit * float64(c.Dim) * dotted(magnitudes(query), magnitudes(key))
		if want := dotted(query, key); !(math.Abs(float64(g)-want) <= bound) {
			t.Fatalf("%+v at %s: head %d, token %d, cell %d: got %g, want %g within %g", c, set.Level(), head, token, cell, g, want, bound)
		}
	}
}

func (c attnCase) checkMix(t *testing.T, set *Set, p, v []float32, pos []int32, got []float32) {
	for i, g := range got {
		token, head, at := i/c.Dim/c.Heads, i/c.Dim%c.Heads, i%c.Dim
		var want, size float64
		for j, weight := range p[(head*c.tokens+token)*c.cells:][:pos[token]+1] {
			product := float64(weight) * float64(v[(j*c.KVHeads+head/(c.Heads/c.KVHeads))*c.Dim+at])
			want, size = want+product, size+math.Abs(product)
		}
		if bound := unit * float64(c.cells) * size; !(math.Abs(float64(g)-want) <= bound) {
			t.Fatalf("%+v at %s: token %d, head %d, element %d: got %g, want %g within %g", c, set.Level(), token, head, at, g, want, bound)
		}
	}
}

// TestPartsOfAttentionOfATokenAreItsOwn wants the same bits alone and among others, by any number of threads, and whatever
// values and probabilities are in cells that the token does not see.
func TestPartsOfAttentionOfATokenAreItsOwn(t *testing.T) {
	c := attnCase{HeadShape{8, 2, 64, 1}, 150, 100}
	q, k, v, pos := c.inputs()
	p := randomRows(c.Heads * c.tokens * c.cells)
	const token = 77
	alone := attnCase{c.HeadShape, c.cells, 1}
	v2, own := slices.Clone(v), make([]float32, 0, c.Heads*c.cells)
	fill(v2[(int(pos[token])+1)*c.KVHeads*c.Dim:], float32(math.NaN()))
	for h := range c.Heads {
		own = append(own, p[(h*c.tokens+token)*c.cells:][:c.cells]...)
		fill(own[h*c.cells+int(pos[token])+1:], float32(math.Inf(1)))
	}
	atLevels(func(set *Set) {
		scores, mixed := c.scores(t, set, 1, q, FloatCells(k)), c.mix(t, set, 1, p, FloatCells(v), pos)
		if !slices.Equal(c.scores(t, set, 3, q, FloatCells(k)), scores) || !slices.Equal(c.mix(t, set, 3, p, FloatCells(v), pos), mixed) {
			t.Errorf("%s: three threads give other bits than one", set.Level())
		}
		got := alone.scores(t, set, 1, q[token*c.Heads*c.Dim:][:c.Heads*c.Dim], FloatCells(k))
		for h := range c.Heads {
			if !slices.Equal(got[h*c.cells:][:c.cells], scores[(h*c.tokens+token)*c.cells:][:c.cells]) {
				t.Fatalf("%s: scores of head %d of a token alone have other bits than among others", set.Level(), h)
			}
		}
		if got := alone.mix(t, set, 1, own, FloatCells(v2), pos[token:][:1]); !slices.Equal(got, mixed[token*c.Heads*c.Dim:][:c.Heads*c.Dim]) {
			t.Errorf("%s: the mix of a token alone has other bits than among others", set.Level())
		}
	})
}

func fill(x []float32, v float32) {
	for i := range x {
		x[i] = v
	}
}

func TestPartsOfAttentionRefuseShapesThatDoNotFit(t *testing.T) {
	pool := NewPool(1)
	defer pool.Close()
	a, h := NewAttender(pool), HeadShape{4, 2, 8, 1}
	keys, numbers := FloatCells(make([]float32, 3*2*8)), func(n int) []float32 { return make([]float32, n) } // 3 cells
	for _, test := range []struct {
		err  error
		want string // in the error, "" for none
	}{
		{a.Scores(numbers(4*3), numbers(4*8), keys, h), ""},
		{a.Scores(nil, nil, keys, h), ""},
		{a.Scores(numbers(4*3), numbers(4*8), keys, HeadShape{4, 3, 8, 1}), "groups"},
		{a.Scores(numbers(4*3), numbers(4*8-1), keys, h), "q has 31"},
		{a.Scores(numbers(4*3+1), numbers(4*8), keys, h), "expected 12"},
		{a.Scores(numbers(4*3), numbers(4*8), Cells{}, h), "expected 0"},
		{a.Mix(numbers(4*8), numbers(4*3), keys, []int32{2}, h), ""},
		{a.Mix(numbers(4*8), numbers(4*3), keys, []int32{2}, HeadShape{}), "groups"},
		{a.Mix(numbers(4*8), numbers(4*2), keys, []int32{2}, h), "expected 12"},
		{a.Mix(numbers(4*8+1), numbers(4*3), keys, []int32{2}, h), "expected 32"},
		{a.Mix(numbers(4*8), numbers(4*3), keys, []int32{3}, h), "have 3"},
	} {
		if (test.err == nil) != (test.want == "") || test.err != nil && !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("got error %v, want %q in it", test.err, test.want)
		}
	}
}

func BenchmarkAttentionParts(b *testing.B) {
	c := attnCase{HeadShape{32, 4, 64, 0.125}, 512, 512}
	q, k, v, pos := c.inputs()
	p, pool := randomRows(c.Heads*c.tokens*c.cells), NewPool(1)
	defer pool.Close()
	macs := len(q) * c.cells
	b.Run("scores", func(b *testing.B) {
		eachLevel(b, func(b *testing.B, set *Set) {
			a := set.NewAttender(pool)
			perUnit(b, macs, "MAC", func() { a.Scores(p, q, FloatCells(k), c.HeadShape) })
		})
	})
	b.Run("mix", func(b *testing.B) {
		eachLevel(b, func(b *testing.B, set *Set) {
			a := set.NewAttender(pool)
			perUnit(b, macs/2, "MAC", func() { a.Mix(q, p, FloatCells(v), pos, c.HeadShape) })
		})
	})
}
