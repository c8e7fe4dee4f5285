// Pretrain makes the model that is embedded in Sonde: it tells itself stories, learns from them, and writes a GGUF file.
//
//	GOEXPERIMENT=simd go run . -out default.gguf
//
// Broken off with Ctrl-C, it goes on from its checkpoint when it is started again. README.md has the figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"

	"github.com/sonde-ml/sonde/examples/pretrain/model"
	"github.com/sonde-ml/sonde/examples/pretrain/train"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "pretrain:", err)
		os.Exit(2)
	}
}

// options are the flags.
type options struct {
	out, dir string
	threads  int
	settings train.Settings
}

// shape has no two of Dim, KVDim and FFN alike, so that a mistake in the layout of a tensor shows.
var shape = model.Config{
	Vocab: 512, Dim: 128, Layers: 5, Heads: 8, KVHeads: 4, FFN: 352, Context: 512, Base: 10000, Eps: 1e-5,
}

// storiesForVocabulary is how many stories the tokenizer is trained on.
const storiesForVocabulary = 20000

func parse(args []string) (options, error) {
	o := options{settings: train.Settings{Model: shape}}
	f := flag.NewFlagSet("pretrain", flag.ContinueOnError)
	f.StringVar(&o.out, "out", "default.gguf", "the `file` to write")
	f.StringVar(&o.dir, "dir", filepath.Join(os.TempDir(), "sonde-pretrain"), "`folder` for checkpoints")
	f.IntVar(&o.threads, "threads", runtime.NumCPU(), "threads; the result does not depend on them")
	f.Uint64Var(&o.settings.Seed, "seed", 1, "of stories and first weights")
	f.IntVar(&o.settings.Steps, "steps", 8000, "steps of training")
	f.IntVar(&o.settings.Tokens, "tokens", 2048, "tokens of a step, at least")
	f.Float64Var(&o.settings.Rate, "rate", 5e-3, "highest learning rate")
	f.IntVar(&o.settings.Warmup, "warmup", 100, "steps until the highest rate")
	return o, f.Parse(args)
}

func run(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	s, err := open(ctx, o, storiesForVocabulary)
	if err != nil {
		return err
	}
	if err := s.train(ctx); err != nil {
		return err
	}
	return s.report(ctx)
}
