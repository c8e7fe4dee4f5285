package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/internal/escape"
)

func (a *app) quantizeCmd() *cobra.Command {
	var opt convert.QuantizeOptions
	var to, imatrix string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "quantize [FILE] -o FILE --type TYPE",
		Short: "Write a model with its weights in another type",
		Long: `Write the model in a GGUF file, or the default model, with its matrices in another type; norms, biases and the like keep
theirs. Splits become one file.

TYPE is a block type's name: that type alone, for every tensor that can take it (q4_0, q4_k, q8_0, iq4_xs, f16 …). Or it is a
mixture of llama.cpp, with the choices of llama-quantize for each tensor (q4_k_m, q5_k_s, q3_k_l, iq2_m …). Where a mixture
has the name of a block type, give the number of its file type: 2 is llama.cpp's Q4_0, whose output is Q6_K. Rows that are no
whole number of blocks get a type with smaller blocks, with a warning. "copy" changes nothing but the order.

The types of one and two bits need an importance matrix, as llama-imatrix makes it, and are refused without.`,
		Example: `  sonde quantize model-f16.gguf -o model-q4_k_m.gguf --type q4_k_m
  sonde quantize model-f16.gguf -o model-q4_k.gguf --type q4_k --tensor output.weight=q8_0 --tensor 'blk.*.ffn_down.weight=q6_k'
  sonde quantize model-f16.gguf -o model-iq2_xxs.gguf --type 19 --imatrix model.imatrix.gguf`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if imatrix != "" {
				if opt.Imatrix, err = convert.ReadImatrix(imatrix); err != nil {
					return err
				}
			}
			return a.quantize(cmd.Context(), fileArgument(args), to, opt, asJSON)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&to, "output", "o", "", "`FILE` to write")
	flags.StringVar(&opt.Type, "type", "", "block type, or mixture or its number: `TYPE`")
	flags.StringArrayVar(&opt.Tensors, "tensor", nil, "`GLOB=TYPE` for tensors whose names match; the first that matches counts (repeatable)")
	flags.StringVar(&imatrix, "imatrix", "", "importance matrix, in llama.cpp's GGUF or older form, from `FILE`")
	flags.BoolVar(&opt.Pure, "pure", false, "take the main type of a mixture for every tensor")
	flags.BoolVar(&opt.Corrected, "corrected", false, "encode IQ3_S without llama.cpp's fault with sub-blocks of zeros")
	flags.IntVar(&opt.Threads, "threads", 0, "`N` threads (default: one per processor); the file does not depend on it")
	flags.BoolVar(&asJSON, "json", false, "print one JSON document")
	cmd.MarkFlagRequired("output")
	cmd.MarkFlagRequired("type")
	return cmd
}

func (a *app) quantize(ctx context.Context, from source, to string, opt convert.QuantizeOptions, asJSON bool) error {
	f, err := a.openFile(from)
	if err != nil {
		return err
	}
	defer f.Close()
	progress, end := a.weightsBar("quantize")
	opt.Progress = progress
	r, err := convert.Quantize(ctx, f, to, opt)
	end()
	if err != nil {
		return err
	}
	return a.printWritten(r, asJSON)
}

// printWritten says what a command has written.
func (a *app) printWritten(r *convert.Report, asJSON bool) error {
	for _, w := range r.Warnings {
		a.say("sonde: warning: %s", w)
	}
	if asJSON {
		return printJSON(a.out, r)
	}
	fmt.Fprintf(a.out, "wrote %s: %d bytes, %d tensors, %.2f bits per weight\n\n", escape.Text(r.File), r.Bytes, len(r.Tensors), r.BitsPerWeight)
	t := newTable(a.out, "type", "tensors", "weights", "bytes")
	names := make([]string, 0, len(r.Types))
	for name := range r.Types {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		sum := r.Types[name]
		t.AppendRow([]any{name, sum.Tensors, sum.Weights, sum.Bytes})
	}
	t.Render()
	return nil
}
