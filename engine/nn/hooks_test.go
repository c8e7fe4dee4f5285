package nn_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
)

func TestHooksReadEditAndReplace(t *testing.T) {
	clean := runToy(t, nn.Fast, 1, nil, toyPrompt)
	hooks := nn.NewHooks(toyPoints(t))
	var saw []string
	read, err := hooks.On("blk.*.attn_norm", func(op *nn.Op) error { saw = append(saw, op.Name); return nil })
	must(t, err)
	if got := runToy(t, nn.Fast, 1, hooks, toyPrompt); !sameBits(got.Data, clean.Data) {
		t.Error("a hook that only reads changed the logits")
	}
	if want := []string{"blk.0.attn_norm", "blk.1.attn_norm"}; !slices.Equal(saw, want) || !slices.Equal(read.Names(), want) {
		t.Errorf("the hook saw %v and names %v, want %v", saw, read.Names(), want)
	}

	edit, err := hooks.On("blk.1.attn_norm", func(op *nn.Op) error { op.Out.Data[0] += 1; return nil })
	must(t, err)
	if got := runToy(t, nn.Fast, 1, hooks, toyPrompt); sameBits(got.Data, clean.Data) {
		t.Error("an edit changed no logit")
	}
	edit.Remove()
	edit.Remove()
	if got := runToy(t, nn.Fast, 1, hooks, toyPrompt); !sameBits(got.Data, clean.Data) {
		t.Error("a removed hook still has an effect")
	}

	replace, err := hooks.Replace("kind:rms_norm", func(op *nn.Op) error {
		y, err := nn.Run(nn.Fast, op)
		if err == nil {
			copy(op.Out.Data, y.Data)
		}
		return err
	})
	must(t, err)
	if got := runToy(t, nn.Fast, 1, hooks, toyPrompt); !sameBits(got.Data, clean.Data) {
		t.Error("an op that is replaced by itself gives other logits")
	}
	if got := len(replace.Names()); got != 5 {
		t.Errorf("kind:rms_norm selects %d ops, want 5", got)
	}
}

func TestBeforeIsSeenByItsOpAlone(t *testing.T) {
	outputs := func(hooks *nn.Hooks) (q, k []float32) {
		keep := func(into *[]float32) nn.Func {
			return func(op *nn.Op) error { *into = slices.Clone(op.Out.Data); return nil }
		}
		_, err := hooks.On("blk.0.attn_q", keep(&q))
		must(t, err)
		_, err = hooks.On("blk.0.attn_k", keep(&k))
		must(t, err)
		runToy(t, nn.Fast, 1, hooks, toyPrompt)
		return q, k
	}
	cleanQ, cleanK := outputs(nn.NewHooks(toyPoints(t)))
	hooks := nn.NewHooks(toyPoints(t))
	_, err := hooks.Before("blk.0.attn_q", func(op *nn.Op) error { clear(op.In[0].Data); return nil })
	must(t, err)
	q, k := outputs(hooks)
	if sameBits(q, cleanQ) {
		t.Error("attn_q computes the same after its input was cleared")
	}
	if !sameBits(k, cleanK) {
		t.Error("attn_k, which has the same input, was changed by a hook before attn_q")
	}
}

func TestMistakesInHooksAreErrorsOfTheOp(t *testing.T) {
	broken := errors.New("broken")
	for name, f := range map[string]nn.Func{
		"an error":           func(*nn.Op) error { return broken },
		"a panic":            func(op *nn.Op) error { panic(broken) },
		"an index":           func(op *nn.Op) error { op.Out.Data[1<<30] = 1; return nil },
		"a cut output":       func(op *nn.Op) error { op.Out.Data = op.Out.Data[:3]; return nil },
		"an output of none":  func(op *nn.Op) error { op.Out = nil; return nil },
		"another form of it": func(op *nn.Op) error { op.Out.Shape = []int{1}; return nil },
		"another dimension":  func(op *nn.Op) error { op.Out.Shape[1] = 3; return nil },
		"another tensor":     func(op *nn.Op) error { op.Out = nn.NewTensor(2, 3); return nil },
		"another name":       func(op *nn.Op) error { op.Name, op.Kind = "x", "nope"; return broken },
	} {
		hooks := nn.NewHooks(toyPoints(t))
		hook, err := hooks.On("blk.0.attn_out", f)
		must(t, err)
		r := nn.NewRunner(newToy().Forward, nn.Fast, nn.NewCache(64), hooks, 1)
		_, err = r.Run(context.Background(), nn.Batch{Tokens: toyPrompt})
		var opErr *nn.OpError
		if !errors.As(err, &opErr) || opErr.Op != "blk.0.attn_out" {
			t.Errorf("%s: error %v, want an OpError of blk.0.attn_out", name, err)
		}
		hook.Remove()
		logits, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt})
		if err != nil || !sameBits(logits.Data, runToy(t, nn.Fast, 1, nil, toyPrompt).Data) {
			t.Errorf("%s: the session is not usable afterwards: %v", name, err)
		}
	}
}

// What a replacement forgets to fill must not pass for a result.
func TestReplacementThatFillsNothingShows(t *testing.T) {
	hooks := nn.NewHooks(toyPoints(t))
	_, err := hooks.Replace("blk.0.ffn_norm", func(*nn.Op) error { return nil })
	must(t, err)
	r := nn.NewRunner(newToy().Forward, nn.Fast, nn.NewCache(64), hooks, 1)
	if _, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt}); err != nil {
		t.Fatal(err)
	}
	if got, want := r.FirstNonFinite(), "blk.0.ffn_norm"; got != want {
		t.Errorf("the first op that is not finite is %q, want %q", got, want)
	}
}

func TestBeforeMayNotChangeShapes(t *testing.T) {
	hooks := nn.NewHooks(toyPoints(t))
	_, err := hooks.Before("blk.0.ffn_norm", func(op *nn.Op) error { op.In[0] = nn.NewTensor(1, 2); return nil })
	must(t, err)
	r := nn.NewRunner(newToy().Forward, nn.Fast, nn.NewCache(64), hooks, 1)
	var opErr *nn.OpError
	if _, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt}); !errors.As(err, &opErr) || opErr.Op != "blk.0.ffn_norm" {
		t.Errorf("an input of another shape: error %v, want an OpError of blk.0.ffn_norm", err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
