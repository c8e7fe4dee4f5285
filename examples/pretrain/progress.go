package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/sonde-ml/sonde/examples/pretrain/train"
)

// saySteps is the number of steps between two lines, where standard error is no terminal.
const saySteps = 100

// progress shows how far a training is: a bar on a terminal, else a line now and then.
type progress struct {
	bar    *progressbar.ProgressBar // nil without a terminal
	begun  time.Time
	tokens int
	steps  int
	loss   float64 // of late
}

func newProgress(t *train.Trainer) *progress {
	p := &progress{begun: time.Now()}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		p.bar = progressbar.NewOptions(t.Steps, progressbar.OptionSetWriter(os.Stderr),
			progressbar.OptionSetPredictTime(true), progressbar.OptionShowCount(), progressbar.OptionThrottle(time.Second))
		p.bar.Set(t.Taken)
	}
	return p
}

func (p *progress) step(t *train.Trainer, loss float64, tokens int) {
	p.tokens, p.steps = p.tokens+tokens, p.steps+1
	p.loss += (loss - p.loss) / float64(min(p.steps, saySteps))
	took := time.Since(p.begun)
	say := fmt.Sprintf("loss %.3f, %.0f tokens/s", p.loss, float64(p.tokens)/took.Seconds())
	if p.bar != nil {
		p.bar.Describe(say)
		p.bar.Add(1)
		return
	}
	if t.Taken%saySteps == 0 || t.Done() {
		left := took / time.Duration(p.steps) * time.Duration(t.Steps-t.Taken)
		fmt.Fprintf(os.Stderr, "step %d of %d, %s, %s left\n", t.Taken, t.Steps, say, left.Round(time.Second))
	}
}
