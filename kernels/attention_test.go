package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// attnCase is an attention of the last tokens of a sequence.
type attnCase struct {
	HeadShape
	cells, tokens int
}

func (c attnCase) inputs() (q, k, v []float32, pos []int32) {
	x := randomRows(c.tokens*c.Heads*c.Dim + 2*c.cells*c.KVHeads*c.Dim)
	q, x = x[:c.tokens*c.Heads*c.Dim], x[c.tokens*c.Heads*c.Dim:]
	k, v = x[:len(x)/2], x[len(x)/2:]
	scaleGeneric(4, q) // peaked: the maximum moves from block to block
	for t := range c.tokens {
		pos = append(pos, int32(c.cells-c.tokens+t))
	}
	return q, k, v, pos
}

func (c attnCase) attend(t testing.TB, set *Set, threads int, q, k, v []float32, pos []int32) []float32 {
	pool := NewPool(threads)
	defer pool.Close()
	dst := make([]float32, len(q))
	if err := set.NewAttender(pool).Attend(dst, q, FloatCells(k), FloatCells(v), pos, c.HeadShape); err != nil {
		t.Fatal(err)
	}
	return dst
}

// want returns the output of a head for a token, in float64, and how much the error may be.
func (c attnCase) want(token, head int, q, k, v []float32, pos []int32) (want []float64, bound float64) {
	row := func(x []float32, cell int) []float32 {
		return x[(cell*c.KVHeads+head/(c.Heads/c.KVHeads))*c.Dim:][:c.Dim]
	}
	query := q[(token*c.Heads+head)*c.Dim:][:c.Dim]
	scores, most, largest := make([]float64, pos[token]+1), math.Inf(-1), 0.0
	for j := range scores {
		scores[j] = dotted(query, row(k, j)) * float64(c.Scale)
		most = max(most, scores[j])
		largest = max(largest, dotted(magnitudes(query), magnitudes(row(k, j)))*float64(c.Scale))
	}
	want = make([]float64, c.Dim)
	var sum, value float64
	for j, s := range scores {
		weight := math.Exp(s - most)
		sum += weight
		for i, x := range row(v, j) {
			want[i] += weight * float64(x)
			value = max(value, math.Abs(float64(x)))
		}
	}
	for i := range want {
		want[i] /= sum
	}
	return want, unit * value * (float64(len(scores)) + 20 + 2*float64(c.Dim+2)*largest)
}

func TestAttentionIsWithinTheErrorBound(t *testing.T) {
	for _, c := range []attnCase{
		{HeadShape{1, 1, 1, 1}, 1, 1},
		{HeadShape{2, 1, 8, 0.35}, 70, 70},
		{HeadShape{3, 3, 12, 0.3}, 33, 5},
		{HeadShape{8, 2, 16, 0.25}, 64, 64},
		{HeadShape{8, 1, 64, 0.125}, 130, 9},
		{HeadShape{4, 4, 64, 0.125}, 257, 100},
		{HeadShape{5, 1, 80, 0.1}, 65, 2},
		{HeadShape{6, 2, 128, 0.088}, 200, 1},
		{HeadShape{2, 2, 96, 0.1}, 17, 17},
	} {
		q, k, v, pos := c.inputs()
		atLevels(func(set *Set) {
			got := c.attend(t, set, 1, q, k, v, pos)
			for token := range c.tokens {
				for head := range c.Heads {
					want, bound := c.want(token, head, q, k, v, pos)
					for i, w := range want {
						if g := float64(got[(token*c.Heads+head)*c.Dim+i]); !(math.Abs(g-w) <= bound) {
							t.Fatalf("%+v at %s: token %d, head %d, element %d: got %g, want %g within %g", c, set.Level(), token, head, i, g, w, bound)
						}
					}
				}
			}
		})
	}
}

// TestAttentionOfATokenIsItsOwn wants the same bits for a token alone and among others, by any number of threads, and
// whatever is in cells that it does not see.
func TestAttentionOfATokenIsItsOwn(t *testing.T) {
	for _, c := range []attnCase{{HeadShape{8, 2, 64, 0.125}, 300, 150}, {HeadShape{3, 3, 24, 0.2}, 140, 140}} {
		q, k, v, pos := c.inputs()
		atLevels(func(set *Set) {
			together := c.attend(t, set, 1, q, k, v, pos)
			if got := c.attend(t, set, 3, q, k, v, pos); !slices.Equal(got, together) {
				t.Errorf("%+v at %s: three threads give other bits than one", c, set.Level())
			}
			for _, token := range []int{0, 1, 17, 63, 64, 100, c.tokens - 1} {
				width, later := c.Heads*c.Dim, (int(pos[token])+1)*c.KVHeads*c.Dim
				k, v := slices.Clone(k), slices.Clone(v)
				for i := later; i < len(k); i++ {
					k[i], v[i] = float32(math.NaN()), float32(math.Inf(1))
				}
				got := c.attend(t, set, 1, q[token*width:][:width], k, v, pos[token:][:1])
				if want := together[token*width:][:width]; !slices.Equal(got, want) {
					t.Errorf("%+v at %s: token %d alone has other bits than among others", c, set.Level(), token)
				}
				among := c.attend(t, set, 1, q, k, v, pos)
				if want := together[:(token+1)*width]; !slices.Equal(among[:len(want)], want) {
					t.Errorf("%+v at %s: what comes after token %d is seen before", c, set.Level(), token)
				}
			}
		})
	}
}

func TestAttentionKeepsNaN(t *testing.T) {
	c := attnCase{HeadShape{2, 1, 32, 0.2}, 100, 1}
	for _, odd := range []float64{math.NaN(), math.Inf(1)} {
		for place := range 3 {
			q, k, v, pos := c.inputs()
			q[0] = 2 // a positive infinity in the keys stays one in the scores
			[][]float32{q, k, v}[place][c.Dim*place*40] = float32(odd)
			atLevels(func(set *Set) {
				got := c.attend(t, set, 1, q, k, v, pos)
				if at := got[0]; !math.IsNaN(float64(at)) && !math.IsInf(float64(at), 0) {
					t.Errorf("%s: %v in input %d is lost: got %v", set.Level(), odd, place, at)
				}
			})
		}
	}
}

func BenchmarkAttention(b *testing.B) {
	for _, c := range []attnCase{
		{HeadShape{32, 4, 64, 0.125}, 512, 512},
		{HeadShape{32, 4, 64, 0.125}, 512, 1},
		{HeadShape{32, 4, 64, 0.125}, 8192, 1},
		{HeadShape{32, 32, 128, 0.088}, 1024, 1},
	} {
		b.Run(fmt.Sprintf("%dover%dheads%dof%d", c.Heads, c.KVHeads, c.tokens, c.cells), func(b *testing.B) {
			q, k, v, pos := c.inputs()
			dst, pool := make([]float32, len(q)), NewPool(1)
			defer pool.Close()
			macs := 0
			for _, p := range pos {
				macs += 2 * c.Heads * c.Dim * (int(p) + 1)
			}
			eachLevel(b, func(b *testing.B, set *Set) {
				a := set.NewAttender(pool)
				perUnit(b, macs, "MAC", func() { a.Attend(dst, q, FloatCells(k), FloatCells(v), pos, c.HeadShape) })
			})
			for _, typ := range []gguf.Type{gguf.F16, gguf.Q8_0} {
				keys, _ := NewCells(typ, c.Dim, encoded(b, typ, k))
				values, _ := NewCells(typ, c.Dim, encoded(b, typ, v))
				b.Run(typ.String(), func(b *testing.B) {
					a := NewAttender(pool)
					perUnit(b, macs, "MAC", func() { a.Attend(dst, q, keys, values, pos, c.HeadShape) })
				})
			}
		})
	}
}

// TestAttentionOverTypedCaches wants the bits of a float cache with the same numbers.
func TestAttentionOverTypedCaches(t *testing.T) {
	for _, c := range []attnCase{{HeadShape{8, 2, 64, 0.125}, 150, 3}, {HeadShape{2, 2, 96, 0.1}, 37, 37}, {HeadShape{2, 1, 24, 0.2}, 90, 1}} {
		for _, typ := range []gguf.Type{gguf.F16, gguf.BF16, gguf.Q8_0, gguf.Q4_0} {
			q, k, v, pos := c.inputs()
			keys, err := NewCells(typ, c.Dim, encoded(t, typ, k))
			if err != nil { // heads that are no whole blocks
				continue
			}
			values, _ := NewCells(typ, c.Dim, encoded(t, typ, v))
			atLevels(func(set *Set) {
				pool := NewPool(1)
				defer pool.Close()
				got := make([]float32, len(q))
				if err := set.NewAttender(pool).Attend(got, q, keys, values, pos, c.HeadShape); err != nil {
					t.Fatal(err)
				}
				if want := c.attend(t, set, 1, q, k, v, pos); !slices.Equal(got, want) {
					t.Errorf("%+v at %s over %v: got other bits than over float32", c, set.Level(), typ)
				}
			})
		}
	}
	if _, err := NewCells(gguf.Q8_0, 48, nil); err == nil {
		t.Error("heads of 48 numbers in blocks of 32: got no error")
	}
}

// encoded returns x as a type, and makes x what that decodes to.
func encoded(t testing.TB, typ gguf.Type, x []float32) []byte {
	size, ok := typ.RowBytes(len(x))
	if !ok {
		return nil
	}
	b := make([]byte, size)
	if err := quant.Encode(typ, b, x, nil); err != nil {
		t.Fatal(err)
	}
	if err := quant.Decode(typ, x, b); err != nil {
		t.Fatal(err)
	}
	return b
}
