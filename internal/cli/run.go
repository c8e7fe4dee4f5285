package cli

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/sample"
)

type runFlags struct {
	passFlags
	generate engine.GenerateOptions
	seed     uint64
	watch    []string
	json     bool
}

func (a *app) runCmd() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Continue a text",
		Long: `Continue a text. Standard output has the generated text only, as it comes.

It ends at an end-of-generation token (--ignore-eos goes on), after --max-tokens, or when the context is full.
--watch prints what goes on in an op, or in a weight, as one line on standard error; --plugin changes ops by a file of Go.`,
		Example: `  sonde run -m model.gguf -p "Once upon a time"
  sonde run -m model.gguf -p "Once upon a time" --temp 0 --max-tokens 40 --json
  printf '1\n' | sonde run -m model.gguf --max-tokens 5 --temp 0 --watch attn_norm-0 --watch blk.0.attn_norm.weight
  sonde run -m model.gguf -p "Once upon a time" --plugin fix.go`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd, &f) },
	}
	f.passFlags.add(cmd)
	f.addGeneration(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.watch, "watch", nil, "`SELECTOR` of ops or weights to print on standard error; may be given again")
	flags.BoolVar(&f.json, "json", false, "print one JSON document: prompt_ids, gen_ids, margins, text")
	return cmd
}

func (f *runFlags) addGeneration(cmd *cobra.Command) {
	flags, s := cmd.Flags(), &f.generate.Sampling
	*s = sample.Defaults()
	flags.IntVar(&f.generate.MaxTokens, "max-tokens", 128, "generate at most `N` tokens")
	flags.BoolVar(&f.generate.IgnoreEOS, "ignore-eos", false, "go on behind an end-of-generation token")
	flags.Float32Var(&s.Temp, "temp", s.Temp, "temperature `T`; 0 always takes the likeliest token")
	flags.IntVar(&s.TopK, "top-k", s.TopK, "choose among the `K` likeliest tokens; 0 is all")
	flags.Float32Var(&s.TopP, "top-p", s.TopP, "choose among the likeliest tokens that together have probability `P`")
	flags.Float32Var(&s.MinP, "min-p", s.MinP, "leave out tokens less likely than `P` times the likeliest")
	flags.Uint64Var(&f.seed, "seed", 0, "`SEED` of the random choice (default: random, printed on standard error)")
}

func (a *app) run(cmd *cobra.Command, f *runFlags) error {
	p, err := f.open(cmd.Context(), a)
	if err != nil {
		return err
	}
	defer p.close()
	s, err := p.newSession()
	if err != nil {
		return err
	}
	defer s.Close()
	if err := a.watchAll(s, f.watch); err != nil {
		return err
	}
	f.chooseSeed(cmd, a)
	if !f.json {
		f.generate.Emit = func(text string) { io.WriteString(a.out, text) }
	}
	g, err := f.continuation(cmd.Context(), s, p.ids)
	if g != nil && g.NonFinite != nil {
		a.warn(g.NonFinite)
	}
	if err != nil {
		return err
	}
	return a.printGeneration(g, f.json)
}

// continuation generates. Of no tokens at all it makes one pass over the prompt, which hooks see.
func (f *runFlags) continuation(ctx context.Context, s *engine.Session, ids []int32) (*engine.Generation, error) {
	if f.generate.MaxTokens < 0 {
		return nil, fmt.Errorf("--max-tokens %d: want 0 or more", f.generate.MaxTokens)
	}
	if f.generate.MaxTokens > 0 {
		return s.GenerateFrom(ctx, ids, f.generate)
	}
	_, err := s.Next(ctx, ids...)
	return &engine.Generation{PromptIDs: ids}, err
}

// chooseSeed takes a random seed where none was given and one is needed, and says which.
func (f *runFlags) chooseSeed(cmd *cobra.Command, a *app) {
	f.generate.Sampling.Seed = f.seed
	if f.generate.Sampling.Temp > 0 && !cmd.Flags().Changed("seed") {
		f.generate.Sampling.Seed = uint64(rand.Uint32())
		a.say("sonde: seed %d", f.generate.Sampling.Seed)
	}
}

func (a *app) printGeneration(g *engine.Generation, asJSON bool) error {
	if !asJSON {
		if a.toTerminal() { // elsewhere the output is the text and nothing else
			fmt.Fprintln(a.out)
		}
		return nil
	}
	return printJSON(a.out, struct {
		PromptIDs []int32  `json:"prompt_ids"`
		GenIDs    []int32  `json:"gen_ids"`
		Margins   []number `json:"margins"`
		Text      string   `json:"text"`
	}{g.PromptIDs, append([]int32{}, g.IDs...), numbers(g.Margins), g.Text})
}
