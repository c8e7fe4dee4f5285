package engine

import (
	"context"
	"fmt"

	"github.com/sonde-ml/sonde/engine/sample"
)

// GenerateOptions say how text is continued.
type GenerateOptions struct {
	Sampling  sample.Options
	MaxTokens int               // 0 is as many as fit the context
	IgnoreEOS bool              // go on behind an end-of-generation token
	Emit      func(text string) // is given the text as it comes, whole characters only; may be nil
}

// Greedy always takes the token with the largest logit, up to max tokens.
func Greedy(max int) GenerateOptions {
	return GenerateOptions{Sampling: sample.Options{Temp: 0}, MaxTokens: max}
}

// Sampled draws up to max tokens with the usual settings and the given seed.
func Sampled(max int, seed uint64) GenerateOptions {
	opt := sample.Defaults()
	opt.Seed = seed
	return GenerateOptions{Sampling: opt, MaxTokens: max}
}

// Generation is a prompt and what the model made of it.
type Generation struct {
	PromptIDs []int32
	IDs       []int32   // generated ids; an end-of-generation id that ended it is the last
	Margins   []float32 // largest minus second largest logit where IDs[i] was chosen
	Text      string    // generated text only
	NonFinite *NonFiniteError
}

// NonFiniteError says that a pass gave logits that are not finite. Such logits are never chosen, so generation goes on;
// this is the first time it happened.
type NonFiniteError struct {
	Op  string // the first op whose output was not finite
	Pos int    // position of the pass's first token
}

func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("logits are not finite from position %d on; the first op whose output was not is %s", e.Pos, e.Op)
}

// Generate continues prompt, which may hold no special tokens but those that the file adds.
func (s *Session) Generate(ctx context.Context, prompt string, opt GenerateOptions) (*Generation, error) {
	ids, err := s.model.Encode(prompt)
	if err != nil {
		return nil, err
	}
	return s.GenerateFrom(ctx, ids, opt)
}

// GenerateFrom continues the ids. It ends at an end-of-generation token, after opt.MaxTokens, or when the context is full.
// When ctx ends, or an op fails, what was generated so far comes with the error.
func (s *Session) GenerateFrom(ctx context.Context, ids []int32, opt GenerateOptions) (*Generation, error) {
	g := &Generation{PromptIDs: ids}
	sampler, err := sample.New(opt.Sampling)
	if err != nil {
		return g, err
	}
	text := s.newTextWriter(opt.Emit)
	defer func() { g.Text = text.finish() }()
	s.cache.Expect(s.Len() + len(ids) + opt.MaxTokens)
	for next := ids; ; {
		start := s.Len()
		logits, err := s.Next(ctx, next...)
		if err != nil {
			return g, err
		}
		if g.NonFinite == nil {
			g.NonFinite = s.checkFinite(logits, start)
		}
		id, margin := sampler.Sample(logits)
		g.IDs, g.Margins = append(g.IDs, id), append(g.Margins, margin)
		if s.isEnd(id) && !opt.IgnoreEOS {
			return g, nil
		}
		text.add(id)
		if len(g.IDs) == opt.MaxTokens || s.Len() == s.Context() {
			return g, nil
		}
		next = g.IDs[len(g.IDs)-1:]
	}
}

func (s *Session) isEnd(id int32) bool {
	t, err := s.model.Tokenizer()
	return err == nil && t.IsEOG(id)
}

// checkFinite returns nil for finite logits.
func (s *Session) checkFinite(logits []float32, start int) *NonFiniteError {
	for _, v := range logits {
		if v-v != 0 { // NaN and infinities
			return &NonFiniteError{s.runner.FirstNonFinite(), start}
		}
	}
	return nil
}
