package kernels

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTopK compares with sorting, over rows with equal numbers, NaN and infinities.
func TestTopK(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	nan := float32(math.NaN())
	for range 2000 {
		x := make([]float32, rnd.IntN(200))
		for i := range x {
			x[i] = []float32{float32(rnd.NormFloat64()), float32(rnd.IntN(4)), nan, float32(math.Inf(rnd.IntN(2) - 1))}[rnd.IntN(4)]
		}
		order := make([]int32, len(x))
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortStableFunc(order, func(i, j int32) int {
			switch {
			case better(x[i], x[j]):
				return -1
			case better(x[j], x[i]):
				return 1
			}
			return 0
		})
		first := -1
		if len(x) > 0 && x[order[0]] == x[order[0]] {
			first = int(order[0])
		}
		k := rnd.IntN(50)
		atLevels(func(set *Set) {
			if got, want := set.TopK(make([]int32, k), x), order[:min(k, len(x))]; !slices.Equal(got, want) {
				t.Fatalf("%s: the %d largest of %v are %v, want %v", set.Level(), k, x, got, want)
			}
			if got := set.ArgMax(x); got != first {
				t.Fatalf("%s: the largest of %v is number %d, want %d", set.Level(), x, got, first)
			}
		})
	}
}

func TestLongRows(t *testing.T) {
	x := randomRows(3*longest + 5)
	x[2*longest+7], x[2*longest+11] = 9, 9
	atLevels(func(set *Set) {
		if got := set.ArgMax(x); got != 2*longest+7 {
			t.Errorf("%s: the largest is number %d, want %d", set.Level(), got, 2*longest+7)
		}
		if got, want := set.Dot(x, x), dotted(x, x); math.Abs(float64(got)-want) > 1e-5*want {
			t.Errorf("%s: got %g, want %g", set.Level(), got, want)
		}
		y := slices.Clone(x)
		set.Axpy(1, x, y)
		set.Add(y, y, x)
		if i := slices.IndexFunc(x, func(v float32) bool { return v != v }); i >= 0 || y[len(y)-1] != 2*x[len(x)-1]+x[len(x)-1] {
			t.Errorf("%s: the last element is %g, want %g", set.Level(), y[len(y)-1], 3*x[len(x)-1])
		}
	})
}

func BenchmarkTopK(b *testing.B) {
	x, ids := randomRows(1<<17), make([]int32, 40)
	eachLevel(b, func(b *testing.B, set *Set) {
		perUnit(b, len(x), "number", func() { set.TopK(ids, x) })
	})
}
