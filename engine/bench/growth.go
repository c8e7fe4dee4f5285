package bench

import (
	"context"
	"fmt"
	"slices"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// Growth is what a model costs as its work grows.
type Growth struct {
	CPU     string    `json:"cpu"`
	Level   cpu.Level `json:"level"`
	Threads int       `json:"threads"`
	Type    string    `json:"type"`
	Costs   []Cost    `json:"costs"`
}

// Cost is the time of prefilling so many tokens, or of decoding one behind so many.
type Cost struct {
	Phase     string  `json:"phase"`
	Tokens    int     `json:"tokens"`
	Seconds   float64 `json:"seconds"`
	Products  float64 `json:"products"`  // seconds of products with weights
	Attention float64 `json:"attention"` // seconds of attention
}

// MeasureGrowth measures the time of prefilling opt.Prefill tokens, by default 16, 32 … 4096, and of decoding a token
// behind opt.Decode others, by default 16, 32 … 8192. The context is made as large as that takes, whatever the model was
// made for.
func MeasureGrowth(ctx context.Context, m *engine.Model, opt Options) (*Growth, error) {
	if len(opt.Prefill) == 0 {
		opt.Prefill = powersOfTwo(16, 4096)
	}
	if len(opt.Decode) == 0 {
		opt.Decode = powersOfTwo(16, 8192)
	}
	level, err := opt.check()
	if err != nil {
		return nil, err
	}
	opt = opt.withDefaults()
	r, err := newRunner(m, opt.Threads, max(slices.Max(opt.Prefill), slices.Max(opt.Decode)+1))
	if err != nil {
		return nil, err
	}
	defer r.session.Close()
	g := &growing{opt, r, &Growth{cpu.Name(), level, opt.Threads, r.load.name, nil}}
	for _, do := range []func(context.Context) error{r.warm, g.prefill, g.decode} {
		if err := do(ctx); err != nil {
			return nil, err
		}
	}
	return g.found, nil
}

func powersOfTwo(first, last int) (list []int) {
	for n := first; n <= last; n *= 2 {
		list = append(list, n)
	}
	return list
}

// growing is one measurement of growth.
type growing struct {
	Options
	run   *runner
	found *Growth
}

func (g *growing) prefill(ctx context.Context) error {
	for _, n := range g.Prefill {
		err := g.cost(Prefill, n, func() (*repetition, error) { return g.run.phase(ctx, Prefill, n) })
		if err != nil {
			return err
		}
	}
	return nil
}

// decode fills the context piece by piece, and decodes the same token again and again behind each.
func (g *growing) decode(ctx context.Context) error {
	s, tokens := g.run.session, g.run.tokens
	s.Reset()
	for _, n := range slices.Compact(slices.Sorted(slices.Values(g.Decode))) {
		if _, err := s.Next(ctx, tokens[s.Len():n+1]...); err != nil { // the cache has room for one more from now on
			return err
		}
		err := g.cost(Decode, n, func() (*repetition, error) {
			s.Truncate(n)
			return g.run.record(func() error {
				_, err := s.Next(ctx, tokens[n])
				return err
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// cost adds the median of some repetitions.
func (g *growing) cost(phase string, tokens int, run func() (*repetition, error)) error {
	g.Progress(len(g.found.Costs), len(g.Prefill)+len(g.Decode), fmt.Sprintf("%s, %s at %d tokens", g.found.Type, phase, tokens))
	rep, err := g.repeat(run)
	if err != nil {
		return err
	}
	c := Cost{Phase: phase, Tokens: tokens, Seconds: rep.took.Seconds()}
	for _, t := range rep.ops {
		switch {
		case product(t.kind):
			c.Products += t.took.Seconds()
		case t.kind == nn.FusedAttn:
			c.Attention += t.took.Seconds()
		}
	}
	g.found.Costs = append(g.found.Costs, c)
	return nil
}
