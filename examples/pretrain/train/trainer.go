package train

import (
	"math"

	"github.com/sonde-ml/sonde/examples/pretrain/model"
)

// Settings say how to train. Two runs with the same settings and stories give the same weights.
type Settings struct {
	Model  model.Config
	Corpus string // its fingerprint
	Seed   uint64
	Steps  int
	Tokens int     // of a step, at least
	Rate   float64 // the highest learning rate
	Warmup int     // steps until it is reached; from there it falls to 0 in a straight line
}

// Trainer trains a model.
type Trainer struct {
	Settings
	Params *model.Params[float32]
	Taken  int // steps so far

	stories  *Stories
	grads    *model.Params[float32]
	optimise *adamW
	run      *model.Run[float32]
}

// New begins a training with the given number of threads, which changes nothing but the time it takes.
func New(s Settings, stories *Stories, threads int) *Trainer {
	t := &Trainer{
		Settings: s, stories: stories,
		Params:   model.NewParams[float32](s.Model),
		grads:    model.NewParams[float32](s.Model),
		optimise: newAdamW(s.Model),
		run:      model.NewRun[float32](s.Model, threads),
	}
	t.Params.Init(s.Seed)
	return t
}

// Done reports whether all steps were taken.
func (t *Trainer) Done() bool { return t.Taken >= t.Steps }

// Step takes one step and returns the loss before it, in nats per token, and how many tokens it saw.
func (t *Trainer) Step() (loss float64, tokens int, err error) {
	b, err := t.stories.Batch(t.Tokens)
	if err != nil {
		return 0, 0, err
	}
	loss = t.run.Loss(t.Params, b)
	t.run.Backward(t.Params, t.grads, b)
	t.Taken++
	t.optimise.update(t.Params, t.grads, t.Taken, t.rate())
	return loss, len(b.Inputs), nil
}

// rate is the learning rate of the step that was begun last.
func (t *Trainer) rate() float64 {
	up := float64(t.Taken) / float64(max(1, t.Warmup))
	down := float64(t.Steps-t.Taken) / float64(max(1, t.Steps-t.Warmup))
	return t.Rate * max(0, math.Min(up, down))
}
