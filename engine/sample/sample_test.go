package sample

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
)

func sampler(t testing.TB, o Options) *Sampler {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// noise returns logits that are about normal with the given spread, as those of a trained model are.
func noise(n int, spread float64, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 7))
	logits := make([]float32, n)
	for i := range logits {
		logits[i] = float32(r.NormFloat64() * spread)
	}
	return logits
}

// The figures of std::mt19937, of libstdc++'s doubles made from it, and of llama.cpp's draws, all for seed 42.
func TestGeneratorIsMT19937(t *testing.T) {
	var g mt19937
	g.seed(42)
	got := []uint32{g.uint32(), g.uint32(), g.uint32(), g.uint32()}
	if want := []uint32{1608637542, 3421126067, 4083286876, 787846414}; !slices.Equal(got, want) {
		t.Errorf("outputs = %d, want %d", got, want)
	}
	g.seed(42)
	doubles := []float64{g.float64(), g.float64()}
	if want := []float64{0.796542984287846, 0.18343478789336848}; !slices.Equal(doubles, want) {
		t.Errorf("doubles = %v, want %v", doubles, want)
	}
	g.seed(5489)
	for range 9999 {
		g.uint32()
	}
	if got, want := g.uint32(), uint32(4123659995); got != want { // the C++ standard's own check, [rand.predef]
		t.Errorf("output 10000 of the default seed = %d, want %d", got, want)
	}
}

func TestDrawsAreThoseOfLlamaCpp(t *testing.T) {
	s := sampler(t, Options{Temp: 1, TopP: 1, Seed: 42})
	var got []int32
	for range 4 {
		weights := []float32{0, float32(math.Log(2)), float32(math.Log(3)), float32(math.Log(4))}
		id, _ := s.Sample(weights)
		got = append(got, id)
	}
	if want := []int32{3, 1, 3, 2}; !slices.Equal(got, want) {
		t.Errorf("ids for weights 1 2 3 4 = %d, want %d", got, want)
	}
}

func TestGreedy(t *testing.T) {
	for _, tt := range []struct {
		name   string
		logits []float32
		id     int32
		margin float32
	}{
		{"largest", []float32{-3, 2.5, 1, 2}, 1, 0.5},
		{"first of equals", []float32{0, 7, 7, 7}, 1, 0},
		{"second before the largest", []float32{1, 4, 2, 9}, 3, 5},
		{"all negative", []float32{-9, -4, -6}, 1, 2},
		{"NaN is passed over", []float32{nan, 1, nan, 4}, 3, 3},
		{"infinity is passed over", []float32{inf, 1, -inf, 4}, 3, 3},
		{"one finite", []float32{nan, -2, inf}, 1, inf},
		{"none finite", []float32{nan, inf, -inf}, 0, nan},
		{"a single token", []float32{-5}, 0, inf},
		{"the ends of float32", []float32{-math.MaxFloat32, math.MaxFloat32}, 1, inf},
		{"nothing", nil, 0, nan},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, s := range map[string]*Sampler{
				"greedy":         sampler(t, Options{}),
				"minus one":      sampler(t, Options{Temp: -1, TopK: 40}),
				"top-k 1":        sampler(t, Options{Temp: 0.8, TopK: 1, TopP: 1}),
				"top-p 0":        sampler(t, Options{Temp: 0.8}),
				"min-p above 1":  sampler(t, Options{Temp: 1e-30, TopP: 1, MinP: 2}),
				"no temperature": sampler(t, Options{Temp: 1e-45, TopP: 1}),
			} {
				if allEqual(tt.logits) && name != "greedy" && name != "minus one" {
					continue // where the best are equal, a draw may take any of them
				}
				id, margin := s.Sample(tt.logits)
				if id != tt.id || margin != tt.margin && !(margin != margin && tt.margin != tt.margin) {
					t.Errorf("%s: id %d margin %g, want %d, %g", name, id, margin, tt.id, tt.margin)
				}
			}
		})
	}
}

func allEqual(logits []float32) bool {
	return len(logits) == 4 && logits[1] == logits[2]
}

// plain is the chain as it is written down, with sorts instead of heaps.
func plain(o Options, logits []float32) []int32 {
	var c candidates
	for i, l := range logits {
		if !math.IsNaN(float64(l)) && !math.IsInf(float64(l), 0) {
			c = append(c, candidate{l, int32(i)})
		}
	}
	sort := func() {
		slices.SortStableFunc(c, func(a, b candidate) int {
			if a.logit > b.logit {
				return -1
			}
			if a.logit < b.logit {
				return 1
			}
			return 0
		})
	}
	if o.TopK > 0 {
		sort()
		c = c[:min(o.TopK, len(c))]
	}
	if o.TopP < 1 {
		total, running := c.sum(), float32(0)
		sort()
		n := slices.IndexFunc(c, func(x candidate) bool {
			running += exp(x.logit-c[0].logit) / total
			return running >= o.TopP
		})
		if n >= 0 {
			c = c[:n+1]
		}
	}
	if o.MinP > 0 {
		limit := c.max() + float32(math.Log(float64(o.MinP)))
		c = slices.DeleteFunc(c, func(x candidate) bool { return x.logit < limit })
	}
	ids := make([]int32, len(c))
	for i, x := range c {
		ids[i] = x.id
	}
	return ids
}

func TestFiltersKeepWhatTheChainSays(t *testing.T) {
	for _, o := range []Options{
		Defaults(),
		{Temp: 1, TopP: 1},
		{Temp: 1, TopK: 7, TopP: 1},
		{Temp: 1, TopP: 0.9},
		{Temp: 1, TopP: 0.5, MinP: 0.2},
		{Temp: 1, TopP: 1, MinP: 0.01},
		{Temp: 1, TopK: 1000, TopP: 0.999, MinP: 0.001},
		{Temp: 1, TopK: 40, TopP: 0},
	} {
		s := sampler(t, o)
		for seed := range uint64(50) {
			logits := noise(300, 1+float64(seed)/10, seed)
			logits[seed], logits[seed+7], logits[seed+100] = nan, inf, -inf
			logits[seed+30] = logits[seed+31] // a tie
			var got []int32
			for _, c := range s.filter(logits) {
				got = append(got, c.id)
			}
			if want := plain(o, logits); !slices.Equal(got, want) {
				t.Fatalf("%+v, logits %d: kept %d, want %d", o, seed, got, want)
			}
		}
	}
}

func TestFrequenciesFollowTheProbabilities(t *testing.T) {
	s := sampler(t, Options{Temp: 2, TopP: 1, Seed: 3})
	logits := []float32{0, 2, nan, 4} // over temperature 2: weights 1, e, e²
	const draws = 20000
	var count [4]int
	for range draws {
		id, _ := s.Sample(logits)
		count[id]++
	}
	sum := 1 + math.E + math.E*math.E
	for id, want := range []float64{1 / sum, math.E / sum, 0, math.E * math.E / sum} {
		if got := float64(count[id]) / draws; math.Abs(got-want) > 0.015 { // four standard deviations
			t.Errorf("id %d: frequency %.4f, want %.4f", id, got, want)
		}
	}
}

func TestSeedDecidesTheIds(t *testing.T) {
	run := func(seed uint64) (ids []int32) {
		o := Defaults()
		o.Seed, o.Temp = seed, 1.5
		s := sampler(t, o)
		for i := range uint64(20) {
			id, _ := s.Sample(noise(500, 1, i))
			ids = append(ids, id)
		}
		return ids
	}
	if a, b := run(11), run(11); !slices.Equal(a, b) {
		t.Errorf("two runs with one seed: %d and %d", a, b)
	}
	for _, other := range []uint64{12, 11 | 1<<40} {
		if a, b := run(11), run(other); slices.Equal(a, b) {
			t.Errorf("seeds 11 and %d give the same ids %d", other, a)
		}
	}
}

func TestLogitsAreNotChanged(t *testing.T) {
	logits := noise(1000, 3, 1)
	want := slices.Clone(logits)
	sampler(t, Defaults()).Sample(logits)
	if !slices.Equal(logits, want) {
		t.Error("Sample changed the logits that it was given")
	}
}

func TestOptionsThatAreNoNumbers(t *testing.T) {
	_, err := New(Options{Temp: nan, TopP: nan})
	if !errors.Is(err, ErrBadOption) {
		t.Fatalf("err = %v, want ErrBadOption", err)
	}
	if joined, ok := err.(interface{ Unwrap() []error }); !ok || len(joined.Unwrap()) != 2 {
		t.Errorf("err = %v, want both problems", err)
	}
}

func TestSampleAllocatesNothing(t *testing.T) {
	for _, o := range []Options{Defaults(), {Temp: 1, TopP: 0.9}, {}} {
		s, logits := sampler(t, o), noise(2000, 2, 5)
		s.Sample(logits)
		if n := testing.AllocsPerRun(20, func() { s.Sample(logits) }); n != 0 {
			t.Errorf("%+v: %v allocations a token, want 0", o, n)
		}
	}
}

func BenchmarkSample(b *testing.B) {
	for _, bb := range []struct {
		name  string
		o     Options
		vocab int
	}{
		{"default/32k", Defaults(), 32000},
		{"default/128k", Defaults(), 128256},
		{"greedy/32k", Options{}, 32000},
		{"top-p only/32k", Options{Temp: 0.8, TopP: 0.95}, 32000},
	} {
		b.Run(bb.name, func(b *testing.B) {
			s, logits := sampler(b, bb.o), noise(bb.vocab, 2.5, 9)
			s.Sample(logits)
			b.ReportAllocs()
			for b.Loop() {
				s.Sample(logits)
			}
		})
	}
}
