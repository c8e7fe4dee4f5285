package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine/audit"
	"github.com/sonde-ml/sonde/internal/escape"
)

func (a *app) diffCmd() *cobra.Command {
	var flags streamFlags
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two files: metadata, tensors and their values",
		Long: `Compare two GGUF files: keys, and tensors by their names. Values are compared as they decode, so that two quantisations
of one model can be, too: NMSE is the sum of the squared differences over that of A's squares. The exit status is 1 if
anything differs but the order in the file.`,
		Example: `  sonde diff model-f16.gguf model-q4_k_m.gguf
  sonde diff before.gguf after.gguf --json | jq '.kv'`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.diff(cmd.Context(), args[0], args[1], &flags)
		},
	}
	flags.add(cmd)
	return cmd
}

func (a *app) diff(ctx context.Context, pathA, pathB string, flags *streamFlags) error {
	fileA, errA := a.openFile(source{path: pathA})
	if errA == nil {
		defer fileA.Close()
	}
	fileB, errB := a.openFile(source{path: pathB})
	if errB == nil {
		defer fileB.Close()
	}
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	opt, end, err := flags.begin(a, "diff")
	if err != nil {
		return err
	}
	d, err := audit.Diff(ctx, fileA, fileB, opt)
	end()
	if err != nil {
		return err
	}
	if flags.asJSON {
		err = printJSON(a.out, d)
	} else {
		a.printDifference(d)
	}
	if err == nil && d.Any() {
		return errFinding
	}
	return err
}

func (a *app) printDifference(d *audit.Difference) {
	for _, kv := range d.KV {
		fmt.Fprintf(a.out, "key %s: %s\n", escape.Text(kv.Key), keyChange(kv))
	}
	if len(d.KV) > 0 && len(d.Tensors) > 0 {
		fmt.Fprintln(a.out)
	}
	if len(d.Tensors) > 0 {
		t := newTable(a.out, "tensor", "status", "A", "B", "NMSE", "cosine", "max abs")
		for _, row := range d.Tensors {
			t.AppendRow([]any{
				escape.Text(row.Name), row.Status, formText(row.A), formText(row.B),
				optional("%.2e", row.NMSE), optional("%.9f", row.Cos), optional("%.2e", row.MaxAbs),
			})
		}
		t.Render()
	}
	fmt.Fprintf(a.out, "%d keys and %d tensors differ, %d tensors are the same\n", len(d.KV), len(d.Tensors), d.Equal)
}

// keyChange says what became of a value; of long arrays, what the first difference is.
func keyChange(kv audit.KVDiff) string {
	switch {
	case kv.AType == "":
		return "added: " + valueText(kv.B, kv.BCount)
	case kv.BType == "":
		return "removed: " + valueText(kv.A, kv.ACount)
	case kv.At != nil && kv.AType == kv.BType:
		return fmt.Sprintf("element %d: %s -> %s (of %d and %d)", *kv.At, atText(kv.AAt), atText(kv.BAt), *kv.ACount, *kv.BCount)
	}
	a, b := valueText(kv.A, kv.ACount), valueText(kv.B, kv.BCount)
	if kv.AType != kv.BType {
		a, b = kv.AType+" "+a, kv.BType+" "+b
	}
	return a + " -> " + b
}

func valueText(v any, count *int) string { return kvText(audit.KV{Value: v, Count: count}) }

func atText(v any) string {
	if v == nil {
		return "none"
	}
	return plain(v)
}

func formText(f *audit.Form) string {
	if f == nil {
		return ""
	}
	return fmt.Sprint(f.Type, " ", f.Shape)
}

func optional(format string, n *audit.Number) string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf(format, float64(*n))
}
