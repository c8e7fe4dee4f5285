package nn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// cacheDim is a head_dim that all types of the cache can hold.
const cacheDim = 32

// cacheTypes are rounded caches with the NMSE of the logits that they may cost the toy: three times what was measured.
var cacheTypes = []struct {
	t     gguf.Type
	bound float64
}{
	{gguf.F16, 2.5e-7}, {gguf.BF16, 1.5e-5}, {gguf.Q8_0, 2.5e-4}, {gguf.Q4_0, 5e-2},
}

// runCached runs the toy over a cache of that type, its prompt cut into batches.
func runCached(t testing.TB, typ gguf.Type, n *nn.Numerics, threads int, hooks *nn.Hooks, batches ...[]int32) *nn.Tensor {
	t.Helper()
	r := nn.NewRunner(newToyOf(cacheDim).Forward, n, nn.NewCacheOf(typ, 64), hooks, threads)
	defer r.Close()
	return runBatches(t, r, 0, batches...)
}

// forCaches runs a test for each type and numerics.
func forCaches(t *testing.T, test func(t *testing.T, typ gguf.Type, bound float64, n *nn.Numerics)) {
	for _, c := range cacheTypes {
		for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
			t.Run(fmt.Sprintf("%v %s", c.t, n.Name()), func(t *testing.T) { test(t, c.t, c.bound, n) })
		}
	}
}

func TestRoundedCachesAreNearFloat32(t *testing.T) {
	forCaches(t, func(t *testing.T, typ gguf.Type, bound float64, n *nn.Numerics) {
		got, want := runCached(t, typ, n, 1, nil, toyPrompt), runCached(t, gguf.F32, n, 1, nil, toyPrompt)
		if e := nn.NMSE(got, want); !(e > bound/100 && e <= bound) {
			t.Errorf("against a cache of F32: NMSE %.2g, want %.2g to %.2g", e, bound/100, bound)
		}
	})
}

// A rounded cache computes what a cache of F32 does that is given rounded keys and values, and nothing else.
func TestCachesRoundKeysAndValuesOnly(t *testing.T) {
	forCaches(t, func(t *testing.T, typ gguf.Type, _ float64, n *nn.Numerics) {
		hooks := nn.NewHooks(toyPoints(t))
		round := func(op *nn.Op) error { return roundAs(typ, op.Out.Data) }
		for _, sel := range []string{"*.attn_k_rope", "*.attn_v"} {
			if _, err := hooks.On(sel, round); err != nil {
				t.Fatal(err)
			}
		}
		got, want := runCached(t, typ, n, 1, nil, toyPrompt), runCached(t, gguf.F32, n, 1, hooks, toyPrompt)
		if !sameBits(got.Data, want.Data) {
			t.Errorf("other bits than with keys and values that were rounded before: NMSE %g", nn.NMSE(got, want))
		}
	})
}

func roundAs(typ gguf.Type, x []float32) error {
	n, _ := typ.RowBytes(len(x))
	b := make([]byte, n)
	return errors.Join(quant.Encode(typ, b, x, nil), quant.Decode(typ, x, b))
}

func TestCachesGiveTheSameBitsForAnyBatchAndThreads(t *testing.T) {
	forCaches(t, func(t *testing.T, typ gguf.Type, _ float64, n *nn.Numerics) {
		want := runCached(t, typ, n, 1, nil, toyPrompt)
		for name, got := range map[string]*nn.Tensor{
			"token by token": runCached(t, typ, n, 1, nil, steps(toyPrompt)...),
			"5 and 9":        runCached(t, typ, n, 2, nil, toyPrompt[:5], toyPrompt[5:]),
		} {
			if !sameBits(got.Data, want.Data) {
				t.Errorf("%s: bits differ from one batch, NMSE %g", name, nn.NMSE(got, want))
			}
		}
	})
}

// Whoever looks inside of the attention is shown the numbers that are stored. In exact that changes nothing. In fast it
// changes last bits, as it does without rounding; it is the last block here, since in a block behind some number could then
// be rounded the other way.
func TestLookingIntoARoundedCache(t *testing.T) {
	forCaches(t, func(t *testing.T, typ gguf.Type, _ float64, n *nn.Numerics) {
		hooks := nn.NewHooks(toyPoints(t))
		var stored *nn.Tensor
		keep := func(op *nn.Op) error { stored = op.Out.Clone(); return roundAs(typ, stored.Data) }
		look := func(op *nn.Op) error {
			if got := op.In[1]; !sameBits(got.Data, stored.Data) {
				t.Errorf("%s reads %s with NMSE %g of what was stored", op.Name, got, nn.NMSE(got, stored))
			}
			return nil
		}
		_, err1 := hooks.On("blk.1.attn_k_rope", keep)
		_, err2 := hooks.On("blk.1.attn_scores", look)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		seen, blind := runCached(t, typ, n, 1, hooks, toyPrompt), runCached(t, typ, n, 1, nil, toyPrompt)
		if e := nn.NMSE(seen, blind); e > 1e-12 || n == nn.Exact && !sameBits(seen.Data, blind.Data) {
			t.Errorf("with a hook the logits differ by NMSE %g, want at most 1e-12, and the same bits in exact", e)
		}
	})
}

func TestTruncatedCachesGoOnFromThere(t *testing.T) {
	forCaches(t, func(t *testing.T, typ gguf.Type, _ float64, n *nn.Numerics) {
		cache := nn.NewCacheOf(typ, 64)
		r := nn.NewRunner(newToyOf(cacheDim).Forward, n, cache, nil, 1)
		defer r.Close()
		runBatches(t, r, 0, toyPrompt[:6], []int32{1, 2, 3, 4})
		cache.Truncate(6)
		got, want := runBatches(t, r, 6, toyPrompt[6:]), runCached(t, typ, n, 1, nil, toyPrompt)
		if cache.Len() != len(toyPrompt) || !sameBits(got.Data, want.Data[6*toyVocab:]) {
			t.Errorf("%d tokens, and other bits than without what was forgotten", cache.Len())
		}
	})
}

func TestRoundedCachesTakeLessMemory(t *testing.T) {
	for _, test := range []struct {
		typ  gguf.Type
		size int // of a head
	}{
		{gguf.F32, 128}, {gguf.F16, 64}, {gguf.BF16, 64}, {gguf.Q8_0, 34}, {gguf.Q4_0, 18},
	} {
		cache := nn.NewCacheOf(test.typ, 10)
		r := nn.NewRunner(newToyOf(cacheDim).Forward, nn.Fast, cache, nil, 1)
		defer r.Close()
		runBatches(t, r, 0, toyPrompt[:7])
		if got, want := cache.Bytes(), 2*2*10*toyKV*test.size; got != want { // 2 blocks with keys and values of 10 tokens
			t.Errorf("%v: the cache takes %d bytes, want %d", test.typ, got, want)
		}
	}
}

// TestCachesTakeRoomForWhatIsExpected wants them to, but not for more than they can hold, and never for less.
func TestCachesTakeRoomForWhatIsExpected(t *testing.T) {
	for _, test := range []struct{ expected, cells int }{{-5, 256}, {10, 256}, {600, 600}, {math.MaxInt, 1000}} {
		cache := nn.NewCache(1000)
		cache.Expect(test.expected)
		cache.Expect(3)
		r := nn.NewRunner(newToyOf(cacheDim).Forward, nn.Fast, cache, nil, 1)
		defer r.Close()
		runBatches(t, r, 0, toyPrompt[:7])
		if got, want := cache.Bytes(), 2*2*test.cells*toyKV*128; got != want { // 2 blocks with keys and values
			t.Errorf("expecting %d tokens, the cache takes %d bytes, want %d", test.expected, got, want)
		}
	}
}

func TestTypesThatCannotHoldAHeadAreRefused(t *testing.T) {
	for _, test := range []struct {
		typ  gguf.Type
		want string
	}{
		{gguf.Q8_0, "op blk.0.attn_mix (attention): a KV cache of Q8_0 needs a head_dim that is a multiple of 32, this model's is 8"},
		{gguf.Q6_K, "a multiple of 256"},
		{gguf.Type(4), "type"}, // was removed from GGUF
		{gguf.Type(4000), "type"},
	} {
		for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
			cache := nn.NewCacheOf(test.typ, 64)
			r := nn.NewRunner(newToy().Forward, n, cache, nil, 1)
			defer r.Close()
			_, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt})
			var opErr *nn.OpError
			if !errors.As(err, &opErr) || !strings.Contains(err.Error(), test.want) || cache.Len() != 0 {
				t.Errorf("%v, %s: error %v, want an OpError with %q, and no tokens (%d)", test.typ, n.Name(), err, test.want, cache.Len())
			}
		}
	}
	r := nn.NewRunner(newToy().Forward, nn.Fast, nn.NewCacheOf(gguf.Q8_0, 64), nil, 1)
	defer r.Close()
	_, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt})
	var typeErr *nn.CacheTypeError
	if !errors.As(err, &typeErr) || typeErr.Type != gguf.Q8_0 || typeErr.HeadDim != toyDim {
		t.Errorf("heads of 8 in Q8_0: error %v, want a CacheTypeError", err)
	}
}

// Types that need an importance matrix cannot be stored token by token.
func TestTypesThatNeedAnImportanceMatrixAreRefused(t *testing.T) {
	r := nn.NewRunner(newToyOf(256).Forward, nn.Fast, nn.NewCacheOf(gguf.IQ2_XXS, 64), nil, 1)
	defer r.Close()
	_, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt})
	if !errors.Is(err, quant.ErrNeedsImatrix) {
		t.Errorf("a cache of IQ2_XXS: error %v, want ErrNeedsImatrix", err)
	}
}

func TestNoAllocationPerTokenInAnyCache(t *testing.T) {
	for _, c := range cacheTypes {
		cache := nn.NewCacheOf(c.t, 64)
		r := nn.NewRunner(newToyOf(cacheDim).Forward, nn.Fast, cache, nn.NewHooks(toyPoints(t)), 2)
		defer r.Close()
		if n := allocationsPerToken(t, r, cache); n > 0 {
			t.Errorf("%v: a token allocates %v times, want 0", c.t, n)
		}
	}
}
