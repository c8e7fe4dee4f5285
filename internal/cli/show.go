package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine/audit"
	"github.com/sonde-ml/sonde/internal/escape"
)

func (a *app) showCmd() *cobra.Command {
	var rows, cols, blocks string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show [FILE] TENSOR",
		Short: "Show values of a tensor beside the bytes they come from",
		Long: `Show values of a tensor, and the blocks that they lie in: scales, minima and codes beside the weights, with the bytes
of the file that each comes from. Ranges are half-open, FIRST:END; either may be left out. Rows are those of the tensor as a
matrix. Without ranges, the first 8 rows and columns are shown; without blocks, those of the first row that is shown.`,
		Example: `  sonde show model.gguf blk.0.attn_norm.weight
  sonde show model.gguf blk.0.attn_q.weight --rows 100:104 --cols 0:16
  sonde show model.gguf blk.0.attn_q.weight --blocks 7
  sonde show model.gguf blk.0.attn_q.weight --json | jq '.tensors[0].blocks[0].fields'`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := fileArgument(args[:len(args)-1])
			var opt audit.ShowOptions
			var err error
			for _, r := range []struct {
				flag, text string
				to         *audit.Range
			}{{"--rows", rows, &opt.Rows}, {"--cols", cols, &opt.Cols}, {"--blocks", blocks, &opt.Blocks}} {
				if *r.to, err = parseRange(r.flag, r.text); err != nil {
					return err
				}
			}
			return a.show(cmd.Context(), file, args[len(args)-1], opt, asJSON)
		},
	}
	cmd.Flags().StringVar(&rows, "rows", "", "rows to show: `RANGE`")
	cmd.Flags().StringVar(&cols, "cols", "", "columns to show: `RANGE`")
	cmd.Flags().StringVar(&blocks, "blocks", "", "blocks to show, counted from the start of the tensor: `RANGE`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

// parseRange reads "3:7", "3:", ":7" and "3", which is 3:4.
func parseRange(flag, text string) (audit.Range, error) {
	if text == "" {
		return audit.Range{}, nil
	}
	first, end, isRange := strings.Cut(text, ":")
	r := audit.Range{0, -1}
	var err1, err2 error
	if first != "" {
		r[0], err1 = strconv.Atoi(first)
	}
	switch {
	case !isRange:
		r[1] = r[0] + 1
	case end != "":
		r[1], err2 = strconv.Atoi(end)
	}
	if err1 != nil || err2 != nil || first == "" && !isRange || r[0] < 0 || end != "" && r[1] <= r[0] {
		return r, fmt.Errorf("%s %s: want FIRST:END, such as 3:7, which is 3, 4, 5 and 6", flag, escape.Quote(text))
	}
	return r, nil
}

func (a *app) show(ctx context.Context, file source, tensor string, opt audit.ShowOptions, asJSON bool) error {
	f, err := a.openFile(file)
	if err != nil {
		return err
	}
	defer f.Close()
	s, err := audit.Show(ctx, f, tensor, opt)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(a.out, map[string]any{"tensors": []*audit.Shown{s}})
	}
	fmt.Fprintf(a.out, "%s: %s %v, %d bytes from byte %d\n", escape.Text(s.Name), s.Type, s.Shape, s.Bytes, s.Offset)
	fmt.Fprintf(a.out, "min %s, max %s, mean %s, std %s, rms %s; %d zeros, %d NaN, %d infinite\n",
		short(s.Min), short(s.Max), short(s.Mean), short(s.Std), short(s.RMS), s.Zeros, s.NaN, s.Inf)
	a.printValues(s)
	a.printBlocks(s.Blocks)
	return nil
}

// printValues prints the values as a matrix.
func (a *app) printValues(s *audit.Shown) {
	if len(s.Values) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	header := []any{"row"}
	for col := s.Cols[0]; col < s.Cols[1]; col++ {
		header = append(header, fmt.Sprint("col ", col))
	}
	t := newTable(a.out, header...)
	for i, values := range s.Values {
		row := []any{s.Rows[0] + i}
		for _, v := range values {
			row = append(row, precise(v))
		}
		t.AppendRow(row)
	}
	t.Render()
}

// precise writes a number with the digits of a float32.
func precise(n audit.Number) string { return strconv.FormatFloat(float64(n), 'g', -1, 32) }

func (a *app) printBlocks(blocks []audit.Block) {
	if len(blocks) > 0 && len(blocks[0].Weights) == 1 {
		a.printNumbers(blocks)
		return
	}
	for _, b := range blocks {
		fmt.Fprintf(a.out, "\nblock %d: row %d, columns %d to %d, bytes %d to %d\n", b.Index, b.Row, b.Cols[0], b.Cols[1]-1, b.Offset, b.Offset+int64(b.Bytes)-1)
		t := newTable(a.out, "byte", "field", "bytes", "values")
		for _, f := range b.Fields {
			if f.Name != "codes" {
				t.AppendRow([]any{f.Offset, f.Name, hexOf(b, f), fieldText(f.Values)})
			}
		}
		t.Render()
		a.printWeights(b)
	}
}

// printNumbers prints the blocks of a type without blocks, which are single numbers.
func (a *app) printNumbers(numbers []audit.Block) {
	fmt.Fprintln(a.out)
	t := newTable(a.out, "byte", "row", "column", "bytes", "value")
	for _, b := range numbers {
		t.AppendRow([]any{b.Offset, b.Row, b.Cols[0], b.Raw, precise(b.Weights[0])})
	}
	t.Render()
}

// perLine is how many weights a line of a block has.
const perLine = 8

// printWeights prints codes, where the format has one for each weight, beside weights.
func (a *app) printWeights(b audit.Block) {
	var codes []audit.Number
	for _, f := range b.Fields {
		if f.Name == "codes" {
			codes = f.Values
			fmt.Fprintf(a.out, "codes are in %d bytes from byte %d\n", f.Bytes, f.Offset)
		}
	}
	t := newTable(a.out, "columns", "codes", "weights")
	for i := 0; i < len(b.Weights); i += perLine {
		end := min(i+perLine, len(b.Weights))
		row := []any{fmt.Sprintf("%d-%d", b.Cols[0]+i, b.Cols[0]+end-1), "", joined(b.Weights[i:end])}
		if len(codes) == len(b.Weights) {
			row[1] = joined(codes[i:end])
		}
		t.AppendRow(row)
	}
	t.Render()
}

// hexOf returns the bytes of a field.
func hexOf(b audit.Block, f audit.Field) string {
	at := int(f.Offset-b.Offset) * 2
	return b.Raw[at : at+2*f.Bytes]
}

// mostShown is how many numbers of a field are shown: all scales, but not 256 bits that codes have already.
const mostShown = 64

func fieldText(values []audit.Number) string {
	if len(values) > mostShown {
		return joined(values[:mostShown]) + fmt.Sprintf(" … (%d)", len(values))
	}
	return joined(values)
}

func joined(values []audit.Number) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = precise(v)
	}
	return strings.Join(words, " ")
}
