package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/examples/pretrain/bpe"
	"github.com/sonde-ml/sonde/examples/pretrain/corpus"
	"github.com/sonde-ml/sonde/examples/pretrain/train"
	"github.com/sonde-ml/sonde/gguf"
)

// session is one call of the program.
type session struct {
	options
	corpus *corpus.Corpus
	vocab  *bpe.Vocab
	tokens *token.Vocab
}

// open reads the grammar and trains the tokenizer on some stories.
func open(ctx context.Context, o options, storiesForVocabulary int) (*session, error) {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return nil, err
	}
	c, err := corpus.New(o.settings.Seed)
	if err != nil {
		return nil, err
	}
	o.settings.Corpus = c.Fingerprint()
	words := train.CountWords(corpus.Reader{Corpus: c}, storiesForVocabulary)
	s := &session{options: o, corpus: c, vocab: bpe.Train(words, shape.Vocab)}
	s.tokens, err = tokenizer(ctx, filepath.Join(o.dir, "vocab.gguf"), s.vocab)
	return s, err
}

// tokenizer opens a vocabulary, through a file, as Sonde's own tokenizer.
func tokenizer(ctx context.Context, path string, v *bpe.Vocab) (*token.Vocab, error) {
	w := gguf.Create(ctx, path)
	defer w.Abort()
	w.Set("general.architecture", gguf.ValueOf("llama"))
	v.Write(w)
	if err := w.Commit(); err != nil {
		return nil, err
	}
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := token.New(f)
	if err != nil {
		return nil, err
	}
	return t, t.Check() // which reads all of it, so that the file may be closed
}

func (s *session) stories(heldOut bool) *train.Stories {
	return &train.Stories{
		Reader:  corpus.Reader{Corpus: s.corpus, HeldOut: heldOut},
		Vocab:   s.tokens,
		Context: shape.Context,
	}
}

// saveEvery is the time between two checkpoints.
const saveEvery = time.Minute

// train goes on from the checkpoint, if there is one, and writes the model at the end.
func (s *session) train(ctx context.Context) error {
	t := train.New(s.settings, s.stories(false), s.threads)
	checkpoint := filepath.Join(s.dir, "checkpoint.gguf")
	if err := t.Resume(checkpoint); err != nil {
		return err
	}
	if err := s.steps(ctx, t, checkpoint); err != nil {
		return err
	}
	if !t.Done() {
		return fmt.Errorf("%w after step %d of %d: the same command goes on from there", context.Cause(ctx), t.Taken, t.Steps)
	}
	return train.Export(ctx, s.out, shape, t.Params, s.vocab)
}

// steps takes the steps that are left, or those until ctx ends. In either case there is a checkpoint of the last one.
func (s *session) steps(ctx context.Context, t *train.Trainer, checkpoint string) error {
	bar := newProgress(t)
	saved := time.Now()
	for !t.Done() && ctx.Err() == nil {
		loss, n, err := t.Step()
		if err != nil {
			return err
		}
		bar.step(t, loss, n)
		if time.Since(saved) < saveEvery {
			continue
		}
		if err := t.Save(ctx, checkpoint); err != nil && ctx.Err() == nil {
			return err
		}
		saved = time.Now()
	}
	return t.Save(context.WithoutCancel(ctx), checkpoint)
}
