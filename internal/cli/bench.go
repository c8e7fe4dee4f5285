package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/bench"
	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/plotting"
)

// benchFlags say what to measure, and how to show it.
type benchFlags struct {
	model  modelFlag
	types  []string
	tokens []int
	opt    bench.Options
	growth bool
	asJSON bool
	plot   string
}

func (a *app) benchCmd() *cobra.Command {
	var f benchFlags
	var levels bool
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast a model runs, and how fast it could",
		Long: fmt.Sprintf(`Measure tokens a second, prefilling a prompt of 128 and of 512 tokens and decoding 64 tokens from an empty context, beside
the ceilings of the machine, taken in the same run: reading memory for decode, arithmetic for prefill. Figures are medians
of repetitions; noise of other programs is in them, so look at the load before you believe one.

GB/s count the bytes of the weights that a token reads, GMAC/s (10^9 a second) the multiply-adds with weights. "products"
is what the weight products alone reach of the ceiling, "outside" the share of the time that is spent in no op.

Nobody looks into the ops, so prompts run in passes of 256 tokens, as in sonde run.

With --types the models are made, with random weights, in temporary files of their full size. Shapes: %s.
With --growth it measures the time of prefilling 16 to 4096 tokens and of decoding one token behind 16 to 8192.`, strings.Join(convert.Shapes(), ", ")),
		Example: `  sonde bench -m model.gguf
  sonde bench --types q8_0,q4_k,f16 --plot roofline.png
  sonde bench -m model.gguf --growth --plot growth.svg
  sonde bench --json | jq '.results[] | {type, phase, of_ceiling}'
  sonde bench --cpu`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if levels {
				return a.printLevels(f.asJSON)
			}
			return a.bench(cmd.Context(), &f)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&levels, "cpu", false, "list the levels of instructions instead, and why each is or is not used")
	for _, measured := range []string{"model", "types", "like", "tokens", "threads", "quick", "growth", "plot"} {
		cmd.MarkFlagsMutuallyExclusive("cpu", measured)
	}
	return cmd
}

func (f *benchFlags) add(cmd *cobra.Command) {
	f.model.add(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&f.types, "types", nil, "`TYPES` as for sonde quantize, as in q8_0,q4_k: a model of random weights for each")
	flags.StringVar(&f.opt.Like, "like", "", "`SHAPE` of those models (default: tinyllama)")
	flags.IntSliceVar(&f.tokens, "tokens", nil, "`NUMBERS` of tokens, as in 64,256, to prefill and to decode")
	flags.IntVar(&f.opt.Threads, "threads", 0, "`N` threads (default: one per processor)")
	flags.BoolVar(&f.opt.Quick, "quick", false, "do it once, in a fraction of the time: the figures are vague")
	flags.BoolVar(&f.growth, "growth", false, "measure how the time grows with tokens and context")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON document")
	flags.StringVar(&f.plot, "plot", "", "`FILE` to draw into, .png or .svg: ops under the ceilings, or the growth")
	cmd.MarkFlagsMutuallyExclusive("model", "types")
	cmd.MarkFlagsMutuallyExclusive("growth", "types")
}

// check refuses what the run would refuse after it had taken its time.
func (f *benchFlags) check() (err error) {
	if f.opt.Threads < 0 || f.opt.Threads > engine.MaxThreads {
		err = fmt.Errorf("--threads %d: want 1 to %d, or 0 for one per processor", f.opt.Threads, engine.MaxThreads)
	}
	if f.opt.Like != "" && len(f.types) == 0 {
		err = errors.Join(err, fmt.Errorf("--like %s is the shape of models that --types makes; there are none", f.opt.Like))
	}
	if f.plot != "" {
		err = errors.Join(err, plotting.CheckName(f.plot))
	}
	f.opt.Prefill, f.opt.Decode = f.tokens, f.tokens
	return err
}

func (a *app) bench(ctx context.Context, f *benchFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	end := a.showSteps(&f.opt)
	if len(f.types) > 0 {
		r, err := bench.RunTypes(ctx, f.types, f.opt)
		end()
		return a.printBench(f, r, "synthetic models", err)
	}
	m, err := f.model.open(a)
	if err != nil {
		return err
	}
	defer m.Close()
	if f.growth {
		g, err := bench.MeasureGrowth(ctx, m, f.opt)
		end()
		return a.printGrowth(f, g, m.Name(), err)
	}
	r, err := bench.Run(ctx, m, f.opt)
	end()
	return a.printBench(f, r, m.Name(), err)
}

// showSteps draws a bar over the steps to come, where diagnostics go to a terminal, and returns what takes it away.
func (a *app) showSteps(opt *bench.Options) (end func()) {
	f := a.diagnosticsTerminal()
	if f == nil {
		return func() {}
	}
	var bar *progressbar.ProgressBar
	opt.Progress = func(done, total int, what string) {
		if bar == nil {
			bar = newBar(f, total, what)
		}
		bar.Describe(what)
		bar.Set(done)
	}
	return func() {
		if bar != nil {
			bar.Clear()
		}
	}
}

func (a *app) printBench(f *benchFlags, r *bench.Report, name string, err error) error {
	return a.printMeasured(f, err, r, func() { a.printSpeed(r) }, func() (*plotting.Figure, error) { return plotting.Bench(r, name) })
}

func (a *app) printGrowth(f *benchFlags, g *bench.Growth, name string, err error) error {
	return a.printMeasured(f, err, g, func() { a.printCosts(g) }, func() (*plotting.Figure, error) { return plotting.Growth(g, name) })
}

// printMeasured prints what was measured, unless that failed, and then draws it: it took long, and must not be lost.
func (a *app) printMeasured(f *benchFlags, err error, found any, table func(), figure func() (*plotting.Figure, error)) error {
	if err != nil {
		return err
	}
	if f.asJSON {
		err = printJSON(a.out, found)
	} else {
		table()
	}
	if f.plot == "" {
		return err
	}
	fig, drawn := figure()
	if drawn == nil {
		drawn = fig.Save(f.plot)
	}
	return errors.Join(err, drawn)
}
