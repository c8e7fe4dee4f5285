package cli

import (
	"context"
	"encoding/csv"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/audit"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
	"github.com/sonde-ml/sonde/internal/mmap"
)

// streamFlags are those of all commands that go through weights.
type streamFlags struct {
	threads int
	asJSON  bool
}

func (f *streamFlags) add(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.threads, "threads", 0, "`N` threads (default: one per processor); results do not depend on it")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print one JSON document")
}

// begin returns the options, with a bar for the progress, and what takes the bar away.
func (f *streamFlags) begin(a *app, what string) (opt audit.Options, end func(), err error) {
	if f.threads < 0 || f.threads > engine.MaxThreads {
		return opt, nil, fmt.Errorf("--threads %d: want 1 to %d, or 0 for one per processor", f.threads, engine.MaxThreads)
	}
	opt.Threads = f.threads
	opt.Progress, end = a.weightsBar(what)
	return opt, end, nil
}

// statsFlags say of which tensors to compute statistics, and how to print them.
type statsFlags struct {
	streamFlags
	tensor string
	asCSV  bool
}

// statsHeap is what statistics of a model of a billion weights fill, as measured.
const statsHeap = 64 << 20

func (a *app) statsCmd() *cobra.Command {
	var flags statsFlags
	cmd := &cobra.Command{
		Use:   "stats [FILE]",
		Short: "Compute statistics of a file's weights",
		Long: `Compute statistics of the weights of each tensor of a GGUF file, the default model's without one: extremes, mean,
standard deviation, rms, quantiles, how many are zero, NaN or infinite; of matrices the outlier channels, columns whose rms
is more than 6 times that of the median column; of quantised types the scales (with --json).`,
		Example: `  sonde stats model.gguf
  sonde stats model.gguf --tensor 'blk.*.attn_norm.weight'
  sonde stats model.gguf --csv > stats.csv
  sonde stats model.gguf --json | jq '.tensors[] | {name, rms}'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.stats(cmd.Context(), fileArgument(args), &flags)
		},
	}
	cmd.Flags().StringVar(&flags.tensor, "tensor", "", "only tensors whose names match `GLOB`")
	flags.add(cmd)
	cmd.Flags().BoolVar(&flags.asCSV, "csv", false, "print comma-separated values, one line a tensor")
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	return cmd
}

func (a *app) stats(ctx context.Context, file source, flags *statsFlags) error {
	f, err := a.openFile(file)
	if err != nil {
		return err
	}
	defer f.Close()
	opt, end, err := flags.begin(a, "stats")
	if err != nil {
		return err
	}
	if flags.tensor != "" {
		if opt.Only, err = matching(f, flags.tensor); err != nil {
			return err
		}
	}
	mmap.HugeHeap(statsHeap)
	list, err := audit.Stats(ctx, f, opt)
	end()
	switch {
	case err != nil:
		return err
	case flags.asJSON:
		return printJSON(a.out, map[string]any{"tensors": list})
	case flags.asCSV:
		return a.printStatsCSV(list)
	}
	a.printStats(list)
	return nil
}

// matching returns what chooses the tensors of f whose names match the glob; if there are none it is an error.
func matching(f *gguf.File, glob string) (func(name string) bool, error) {
	if _, err := path.Match(glob, ""); err != nil {
		return nil, fmt.Errorf("--tensor %s: %w", escape.Quote(glob), err)
	}
	matches := func(name string) bool {
		ok, _ := path.Match(glob, name)
		return ok
	}
	if !slices.ContainsFunc(f.Tensors(), func(t *gguf.Tensor) bool { return matches(t.Name) }) {
		return nil, fmt.Errorf("%s: no tensor matches %s", escape.Text(f.Name), escape.Quote(glob))
	}
	return matches, nil
}

func (a *app) printStats(list []audit.TensorStats) {
	t := newTable(a.out, "tensor", "type", "shape", "min", "1 %", "median", "99 %", "max", "mean", "std", "rms", "zeros", "NaN", "Inf", "outlier channels")
	for _, s := range list {
		t.AppendRow([]any{
			escape.Text(s.Name), s.Type, fmt.Sprint(s.Shape), short(s.Min), short(s.Quantiles["0.01"]), short(s.Quantiles["0.5"]),
			short(s.Quantiles["0.99"]), short(s.Max), short(s.Mean), short(s.Std), short(s.RMS), s.Zeros, s.NaN, s.Inf, channelsText(s.Channels),
		})
	}
	t.Render()
}

// short writes a number with as many digits as tell tensors apart.
func short(n audit.Number) string { return fmt.Sprintf("%.4g", float64(n)) }

// channelsText names the outlier channels, the largest first.
func channelsText(c *audit.Channels) string {
	if c == nil || c.Outliers == 0 {
		return ""
	}
	var words []string
	for _, channel := range c.Largest {
		words = append(words, fmt.Sprintf("%d (%.0f×)", channel.Column, float64(channel.Ratio)))
	}
	if more := c.Outliers - len(c.Largest); more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(words, ", ")
}

// printStatsCSV prints full numbers. Names are quoted as CSV wants it, and otherwise as they are: it is for programs.
func (a *app) printStatsCSV(list []audit.TensorStats) error {
	quantiles := []string{"0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"}
	w := csv.NewWriter(a.out)
	header := []string{"name", "type", "shape", "count", "min", "max", "mean", "std", "rms"}
	w.Write(append(append(header, quantiles...), "zeros", "nan", "inf", "outlier_channels"))
	full := func(n audit.Number) string { return strconv.FormatFloat(float64(n), 'g', -1, 64) }
	for _, s := range list {
		row := []string{s.Name, s.Type, shapeText(s.Shape), fmt.Sprint(s.Count), full(s.Min), full(s.Max), full(s.Mean), full(s.Std), full(s.RMS)}
		for _, q := range quantiles {
			row = append(row, full(s.Quantiles[q]))
		}
		outliers := ""
		if s.Channels != nil {
			outliers = fmt.Sprint(s.Channels.Outliers)
		}
		w.Write(append(row, fmt.Sprint(s.Zeros), fmt.Sprint(s.NaN), fmt.Sprint(s.Inf), outliers))
	}
	w.Flush()
	return w.Error()
}

// shapeText is "2048x5632".
func shapeText(shape []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", "x"), "[]")
}
