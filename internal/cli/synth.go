package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine/convert"
)

func (a *app) synthCmd() *cobra.Command {
	var opt convert.SynthOptions
	var to string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "synth --like SHAPE -o FILE",
		Short: "Write a model of random weights, for benchmarks",
		Long: fmt.Sprintf(`Write a model of the shape of a known one, with random weights of the usual spread and a made-up vocabulary. It takes as
long to run as the real one, and talks nonsense. The same options give the same bytes.

Shapes: %s.
TYPE is as for sonde quantize.`, strings.Join(convert.Shapes(), ", ")),
		Example: `  sonde synth --like tinyllama --type q4_k_m -o tinyllama-q4_k_m.gguf
  sonde synth --like llama-3-8b --type q8_0 --seed 2 -o llama-3-8b-q8_0.gguf`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.synth(cmd.Context(), to, opt, asJSON) },
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.Like, "like", "", "`SHAPE` of the model")
	flags.StringVarP(&to, "output", "o", "", "`FILE` to write")
	flags.StringVar(&opt.Type, "type", "f16", "block type, or mixture or its number: `TYPE`")
	flags.StringArrayVar(&opt.Tensors, "tensor", nil, "`GLOB=TYPE` for tensors whose names match; the first that matches counts (repeatable)")
	flags.Uint64Var(&opt.Seed, "seed", 1, "`N` that the weights are drawn from")
	flags.IntVar(&opt.Threads, "threads", 0, "`N` threads (default: one per processor); the file does not depend on it")
	flags.BoolVar(&asJSON, "json", false, "print one JSON document")
	cmd.MarkFlagRequired("like")
	cmd.MarkFlagRequired("output")
	return cmd
}

func (a *app) synth(ctx context.Context, to string, opt convert.SynthOptions, asJSON bool) error {
	progress, end := a.weightsBar("synth")
	opt.Progress = progress
	r, err := convert.Synth(ctx, to, opt)
	end()
	if err != nil {
		return err
	}
	return a.printWritten(r, asJSON)
}
