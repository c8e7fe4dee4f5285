package nn_test

import (
	"context"
	"errors"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
)

func steps(ids []int32) [][]int32 {
	var list [][]int32
	for i := range ids {
		list = append(list, ids[i:i+1])
	}
	return list
}

func TestSameBitsForAnyBatchAndThreads(t *testing.T) {
	for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
		want := runToy(t, n, 1, nil, toyPrompt)
		for name, got := range map[string]*nn.Tensor{
			"token by token": runToy(t, n, 1, nil, steps(toyPrompt)...),
			"5 and 9":        runToy(t, n, 1, nil, toyPrompt[:5], toyPrompt[5:]),
			"3 threads":      runToy(t, n, 3, nil, toyPrompt),
		} {
			if !sameBits(got.Data, want.Data) {
				t.Errorf("%s, %s: bits differ from one batch on one thread, NMSE %g", n.Name(), name, nn.NMSE(got, want))
			}
		}
	}
}

func TestFastIsNearExact(t *testing.T) {
	exact, fast := runToy(t, nn.Exact, 1, nil, toyPrompt), runToy(t, nn.Fast, 1, nil, toyPrompt)
	// A chain of float32 sums in two blocks; reference figures for one dot product are around 1e-14.
	if e := nn.NMSE(fast, exact); e == 0 || e > 1e-11 {
		t.Errorf("fast against exact: NMSE %g, want above 0 and at most 1e-11", e)
	}
}

// Looking inside of the attention computes it in three ops. That may change the last bits, by less than this.
func TestLookingChangesNothingThatMatters(t *testing.T) {
	hooks := nn.NewHooks(toyPoints(t))
	if _, err := hooks.On("*.attn_probs", func(*nn.Op) error { return nil }); err != nil {
		t.Fatal(err)
	}
	blind, seen := runToy(t, nn.Fast, 1, nil, toyPrompt), runToy(t, nn.Fast, 1, hooks, toyPrompt)
	if e := nn.NMSE(seen, blind); e > 1e-12 {
		t.Errorf("with a hook on attn_probs the logits differ by NMSE %g, want at most 1e-12", e)
	}
}

func TestLastRowOnly(t *testing.T) {
	all := runToy(t, nn.Fast, 1, nil, toyPrompt)
	r := nn.NewRunner(newToy().Forward, nn.Fast, nn.NewCache(64), nil, 1)
	last, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt, LastRow: true})
	if err != nil {
		t.Fatal(err)
	}
	if last.Shape[0] != 1 || !sameBits(last.Data, all.Row(len(toyPrompt)-1)) {
		t.Errorf("LastRow gave %v, want the last of all rows with the same bits", last)
	}
}

func TestOpAloneGivesTheBitsOfThePass(t *testing.T) {
	for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
		hooks := nn.NewHooks(toyPoints(t))
		ran := 0
		_, err := hooks.On("*", func(op *nn.Op) error {
			ran++
			alone, err := nn.Run(n, op.Clone())
			if err != nil {
				return err
			}
			if !sameBits(alone.Data, op.Out.Data) {
				t.Errorf("%s: %s alone gives other bits than in the pass", n.Name(), op.Name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		runToy(t, n, 2, hooks, toyPrompt)
		if want := len(toyPoints(t)); ran != want {
			t.Errorf("%s: the hook saw %d ops, want %d", n.Name(), ran, want)
		}
	}
}

func TestRunRefusesOpsThatDoNotFit(t *testing.T) {
	norm := func() *nn.Op {
		return &nn.Op{
			Name: "n", Kind: nn.RMSNorm, In: []*nn.Tensor{nn.NewTensor(2, 4)}, Out: nn.NewTensor(2, 4),
			Weights: []*nn.Weight{nn.FromTensor("w", nn.NewTensor(4))},
		}
	}
	for name, spoil := range map[string]func(*nn.Op){
		"no input":         func(op *nn.Op) { op.In = nil },
		"no weight":        func(op *nn.Op) { op.Weights = nil },
		"no output":        func(op *nn.Op) { op.Out = nil },
		"narrow input":     func(op *nn.Op) { op.In[0] = nn.NewTensor(2, 3) },
		"numbers missing":  func(op *nn.Op) { op.In[0].Data = op.In[0].Data[:5] },
		"ids for numbers":  func(op *nn.Op) { op.In[0] = nn.NewIDs(1, 2, 3, 4) },
		"output too small": func(op *nn.Op) { op.Out = nn.NewTensor(1, 4) },
		"unknown kind":     func(op *nn.Op) { op.Kind = "no such kind" },
	} {
		op := norm()
		spoil(op)
		var opErr *nn.OpError
		if _, err := nn.Run(nn.Exact, op); !errors.As(err, &opErr) {
			t.Errorf("%s: error %v, want an OpError", name, err)
		}
	}
	if _, err := nn.Run(nn.Exact, norm()); err != nil {
		t.Errorf("a sound op: %v", err)
	}
}

func TestContextFull(t *testing.T) {
	r := nn.NewRunner(newToy().Forward, nn.Fast, nn.NewCache(4), nil, 1)
	_, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt})
	var full *nn.ContextFullError
	if !errors.As(err, &full) || full.Size != 4 || full.Need != len(toyPrompt) {
		t.Errorf("14 tokens into 4 cells: error %v, want a ContextFullError", err)
	}
}

func TestCancelledPassNamesItsOp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	hooks := nn.NewHooks(toyPoints(t))
	if _, err := hooks.On("blk.1.attn_norm", func(*nn.Op) error { cancel(); return nil }); err != nil {
		t.Fatal(err)
	}
	r := nn.NewRunner(newToy().Forward, nn.Fast, nn.NewCache(64), hooks, 1)
	_, err := r.Run(ctx, nn.Batch{Tokens: toyPrompt})
	var opErr *nn.OpError
	if !errors.Is(err, context.Canceled) || !errors.As(err, &opErr) || opErr.Op != "blk.1.attn_q" {
		t.Errorf("cancelled in attn_norm: error %v, want Canceled at the op behind it, blk.1.attn_q", err)
	}
}

func TestFirstNonFinite(t *testing.T) {
	hooks := nn.NewHooks(toyPoints(t))
	_, err := hooks.On("blk.1.ffn_experts_up", func(op *nn.Op) error {
		op.Out.Data[3] /= 0
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r := nn.NewRunner(newToy().Forward, nn.Fast, nn.NewCache(64), hooks, 1)
	if _, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt}); err != nil {
		t.Fatal(err)
	}
	if got, want := r.FirstNonFinite(), "blk.1.ffn_experts_up"; got != want {
		t.Errorf("FirstNonFinite() = %q, want %q", got, want)
	}
}

// A token must cost no allocation after the first: the garbage collector would show in every figure.
func TestNoAllocationPerToken(t *testing.T) {
	for _, threads := range []int{1, 2} {
		cache := nn.NewCache(64)
		r := nn.NewRunner(newToy().Forward, nn.Fast, cache, nn.NewHooks(toyPoints(t)), threads)
		defer r.Close()
		if n := allocationsPerToken(t, r, cache); n > 0 {
			t.Errorf("%d threads: a token allocates %v times, want 0", threads, n)
		}
	}
}

func allocationsPerToken(t *testing.T, r *nn.Runner, cache *nn.Cache) float64 {
	token := []int32{7}
	run := func() {
		cache.Truncate(10)
		if _, err := r.Run(context.Background(), nn.Batch{Tokens: token, Start: 10, LastRow: true}); err != nil {
			t.Fatal(err)
		}
	}
	run()
	return testing.AllocsPerRun(20, run)
}
