package bench

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
)

// repetition is one run of a phase.
type repetition struct {
	took    time.Duration // without what watching took
	watched time.Duration
	names   []string // of ops, in order
	ops     map[string]*tally
}

// tally sums up the ops of one name.
type tally struct {
	kind nn.Kind
	took time.Duration
	work
}

// runner runs phases of one model on one session.
type runner struct {
	session *engine.Session
	load    load
	tokens  []int32
	short   map[string]string // names of ops without their blocks, by the whole ones
}

// newRunner returns a runner for phases of at most so many tokens. Close its session.
func newRunner(m *engine.Model, threads, most int) (*runner, error) {
	l, err := loadOf(m)
	if err != nil {
		return nil, err
	}
	s := m.NewSession(engine.Options{Numerics: nn.Fast, Threads: threads, Context: most})
	return &runner{session: s, load: l, tokens: randomTokens(most, m.Vocab()), short: map[string]string{}}, nil
}

// randomTokens are the same in every run: which they are changes what a mixture of experts has to read, and nothing else.
func randomTokens(n, vocabulary int) []int32 {
	r := rand.New(rand.NewPCG(1, 2))
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(r.IntN(vocabulary))
	}
	return ids
}

// warm reads all weights once, and gives a pass of many tokens its memory.
func (r *runner) warm(ctx context.Context) error {
	_, err := r.phase(ctx, Prefill, min(128, len(r.tokens)))
	return err
}

// phase runs a phase once, from an empty context.
func (r *runner) phase(ctx context.Context, phase string, tokens int) (*repetition, error) {
	step := tokens
	if phase == Decode {
		step = 1
	}
	r.session.Reset()
	return r.record(func() error {
		for at := 0; at < tokens; at += step {
			if _, err := r.session.Next(ctx, r.tokens[at:at+step]...); err != nil {
				return err
			}
		}
		return nil
	})
}

// record times passes, and their ops.
func (r *runner) record(passes func() error) (*repetition, error) {
	rep := &repetition{ops: map[string]*tally{}}
	r.session.Watch(func(op *nn.Op, took time.Duration) {
		start := time.Now()
		rep.note(r.shortName(op), op, took)
		rep.watched += time.Since(start)
	})
	defer r.session.Watch(nil)
	start := time.Now()
	err := passes()
	rep.took = time.Since(start) - rep.watched
	return rep, err
}

func (r *runner) shortName(op *nn.Op) string {
	name, ok := r.short[op.Name]
	if !ok {
		name = op.Name
		if op.Layer >= 0 { // blk.N.
			name = name[strings.LastIndex(name, ".")+1:]
		}
		r.short[op.Name] = name
	}
	return name
}

func (r *repetition) note(name string, op *nn.Op, took time.Duration) {
	t := r.ops[name]
	if t == nil {
		t = &tally{kind: op.Kind}
		r.ops[name] = t
		r.names = append(r.names, name)
	}
	t.took += took
	t.add(workOf(op))
}

// median returns the repetition whose time is the median, of two the faster one.
func median(reps []*repetition) *repetition {
	slices.SortFunc(reps, func(a, b *repetition) int { return cmp.Compare(a.took, b.took) })
	return reps[(len(reps)-1)/2]
}

// result says what a repetition shows.
func (r *runner) result(phase string, tokens int, rep *repetition, c Ceilings) Result {
	seconds := rep.took.Seconds()
	res := Result{Type: r.load.name, Phase: phase, Tokens: tokens, TokensPerSecond: ratio(float64(tokens), seconds)}
	res.GBps = res.TokensPerSecond * float64(r.load.bytes) / 1e9
	res.Ops = rep.table()
	var products, inside, muladds float64
	for _, op := range res.Ops {
		inside += op.Seconds
		if op.Product() {
			products += op.Seconds
			muladds += op.GMACs * op.Seconds
		}
	}
	res.GMACs = ratio(muladds, seconds)
	res.Outside = 1 - ratio(inside, seconds)
	res.OfCeiling = ratio(res.GMACs, c.arithmetic(r.load.floats))
	if phase == Decode {
		res.OfCeiling = ratio(res.GBps, c.ReadGBps)
	}
	res.MatMulOfCeiling = res.OfCeiling * ratio(seconds, products)
	return res
}

// table lists the ops in the order of the pass.
func (r *repetition) table() []Op {
	var list []Op
	for _, name := range r.names {
		t := r.ops[name]
		seconds := t.took.Seconds()
		list = append(list, Op{
			Op: name, Kind: string(t.kind), Seconds: seconds, Share: ratio(seconds, r.took.Seconds()),
			GBps: ratio(float64(t.bytes), seconds) / 1e9, GMACs: ratio(float64(t.muladds), seconds) / 1e9,
		})
	}
	return list
}
