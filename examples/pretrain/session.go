package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/examples/pretrain/bpe"
	"github.com/sonde-ml/sonde/examples/pretrain/corpus"
	"github.com/sonde-ml/sonde/examples/pretrain/model"
	"github.com/sonde-ml/sonde/examples/pretrain/train"
)

// session is one call of the program.
type session struct {
	options
	corpus *corpus.Corpus
	vocab  *bpe.Vocab
	tokens *token.Vocab
}

func (s *session) stories(heldOut bool) *train.Stories {
	return &train.Stories{
		Reader:  corpus.Reader{Corpus: s.corpus, HeldOut: heldOut},
		Vocab:   s.tokens,
		Context: shape.Context,
	}
}

func (s *session) run(ctx context.Context) error {
	t := train.New(s.settings, s.stories(false), s.threads)
	checkpoint := filepath.Join(s.dir, "checkpoint.gguf")
	if err := t.Resume(checkpoint); err != nil {
		return err
	}
	if err := s.train(ctx, t, checkpoint); err != nil {
		return err
	}
	if err := train.Export(ctx, s.out, shape, t.Params, s.vocab); err != nil {
		return err
	}
	return s.report()
}

const (
	saveEvery = time.Minute
	saySteps  = 50 // between two lines, where standard error is no terminal
)

// train takes the steps that are left. Where it stops, finished or not, there is a checkpoint.
func (s *session) train(ctx context.Context, t *train.Trainer, checkpoint string) error {
	bar := newProgress(t)
	saved := time.Now()
	for !t.Done() && ctx.Err() == nil {
		loss, n, err := t.Step()
		if err != nil {
			return err
		}
		bar.step(t, loss, n)
		if time.Since(saved) > saveEvery {
			if err := t.Save(ctx, checkpoint); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	if err := t.Save(context.WithoutCancel(ctx), checkpoint); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w after step %d of %d: the same command goes on from there", context.Cause(ctx), t.Taken, t.Steps)
	}
	return nil
}

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

// Held-out stories are judged in batches of this many tokens.
const judged = 20000

// report prints how well the written model predicts held-out stories, and what it tells.
func (s *session) report() error {
	p, err := train.Rounded(shape, s.out)
	if err != nil {
		return err
	}
	learned, err := s.stories(false).Batch(20 * judged)
	if err != nil {
		return err
	}
	held, err := s.stories(true).Batch(judged)
	if err != nil {
		return err
	}
	r := model.NewRun[float32](shape, s.threads)
	base := train.NewBaseline(shape.Vocab, learned)
	fmt.Printf("loss on %d held-out tokens, in nats per token: model %.3f, bigram %.3f, unigram %.3f\n",
		len(held.Inputs), r.Loss(p, held), base.Bigram(held), base.Unigram(held))
	for _, prompt := range []string{"Once upon a time", "One day, Tom", "There was a little girl", "In the", "It was night."} {
		ids, err := s.tokens.Encode(prompt, token.EncodeOptions{})
		if err != nil {
			return err
		}
		text, err := s.tokens.Decode(r.Greedy(p, ids, 400, bpe.EOS), token.DecodeOptions{})
		if err != nil {
			return err
		}
		fmt.Printf("\n%s\n", text)
	}
	return nil
}
