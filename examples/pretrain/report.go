package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/examples/pretrain/model"
	"github.com/sonde-ml/sonde/examples/pretrain/train"
)

var prompts = []string{"Once upon a time", "One day, Tom", "There was a little girl", "In the", "It was night."}

// report prints how well the written file predicts held-out stories, and what Sonde's engine tells with it.
func (s *session) report(ctx context.Context) error {
	p, err := train.Rounded(shape, s.out)
	if err != nil {
		return err
	}
	r := model.NewRun[float32](shape, s.threads)
	if err := s.reportLoss(r, p); err != nil {
		return err
	}
	m, err := engine.Open(s.out)
	if err != nil {
		return err
	}
	defer m.Close()
	for i, prompt := range prompts {
		greedy, err := tell(ctx, m, prompt, engine.Greedy(0))
		if err != nil {
			return err
		}
		sampled, err := tell(ctx, m, prompt, engine.Sampled(0, uint64(i+1)))
		if err != nil {
			return err
		}
		fmt.Printf("\n%s: greedy, and in the training's arithmetic too at %s places:\n%s%s\n\n%s: drawn, with the engine's usual settings:\n%s%s\n",
			prompt, agreement(r, p, greedy), prompt, greedy.Text, prompt, prompt, sampled.Text)
	}
	return nil
}

// judged is how many held-out tokens the loss is taken over; the baselines learn from 20 times as many.
const judged = 20000

func (s *session) reportLoss(r *model.Run[float32], p *model.Params[float32]) error {
	learned, err1 := s.stories(false).Batch(20 * judged)
	held, err2 := s.stories(true).Batch(judged)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	base := train.NewBaseline(shape.Vocab, learned)
	fmt.Printf("loss on %d held-out tokens, in nats per token: model %.3f, bigram %.3f, unigram %.3f\n",
		len(held.Inputs), r.Loss(p, held), base.Bigram(held), base.Unigram(held))
	return nil
}

func tell(ctx context.Context, m *engine.Model, prompt string, o engine.GenerateOptions) (*engine.Generation, error) {
	s := m.NewSession(engine.Options{})
	defer s.Close()
	return s.Generate(ctx, prompt, o)
}

// agreement counts the ids that the forward pass of the training would have chosen too.
func agreement(r *model.Run[float32], p *model.Params[float32], g *engine.Generation) string {
	ids := slices.Concat(g.PromptIDs, g.IDs)
	same, first := 0, len(g.PromptIDs)
	for i, id := range r.Next(p, ids[:len(ids)-1]) {
		if i+1 >= first && ids[i+1] == id {
			same++
		}
	}
	return fmt.Sprintf("%d of %d", same, len(g.IDs))
}
