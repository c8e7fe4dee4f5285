package nn_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
)

// chain adds up norms over blocks. Block i also reads the norm of the block before where reads says so.
func chain(reads func(block int) bool) func(p *nn.Pass) *nn.Tensor {
	m := newToy()
	return func(root *nn.Pass) *nn.Tensor {
		x := root.Embed("token_embd", m.embd)
		before := x
		for i := range 5 {
			p := root.Block(i)
			h := p.RMSNorm("attn_norm", x, m.outNorm, toyEps)
			for range 3 { // each takes the memory that a norm of the block before had, where blocks share it
				h = p.Add("", h, x)
			}
			if reads(i) {
				h = p.Add("ffn_act", h, before)
			}
			before = h
			x = p.Add("ffn_resid", h, x)
		}
		return x
	}
}

func runChain(t *testing.T, reads func(block int) bool, hooks *nn.Hooks) (*nn.Tensor, error) {
	r := nn.NewRunner(chain(reads), nn.Exact, nn.NewCache(64), hooks, 1)
	defer r.Close()
	return r.Run(context.Background(), nn.Batch{Tokens: toyPrompt})
}

// What a later block reads is kept, though blocks share the memory of all else.
func TestBlocksShareMemoryOfWhatTheyAloneRead(t *testing.T) {
	yes := func(int) bool { return true }
	points, err := nn.Plan(chain(yes), nil)
	must(t, err)
	want, err := runChain(t, yes, nil) // no plan, so nothing is shared
	must(t, err)
	got, err := runChain(t, yes, nn.NewHooks(points))
	must(t, err)
	if !sameBits(got.Data, want.Data) {
		t.Errorf("with shared memory NMSE is %g, want the same bits", nn.NMSE(got, want))
	}
}

func TestReadingWhatWasNotPlannedIsAnError(t *testing.T) {
	points, err := nn.Plan(chain(func(int) bool { return false }), nil)
	must(t, err)
	_, err = runChain(t, func(block int) bool { return block == 1 }, nn.NewHooks(points))
	var at *nn.OpError
	if !errors.As(err, &at) || at.Op != "blk.1.ffn_act" || !strings.Contains(err.Error(), "output of blk.0") {
		t.Errorf("got error %v, want one of blk.1.ffn_act that names blk.0", err)
	}
}
