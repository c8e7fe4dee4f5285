package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine/trace"
	"github.com/sonde-ml/sonde/internal/escape"
)

func (a *app) compareCmd() *cobra.Command {
	var tol float64
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare REF GOT",
		Short: "Compare two traces op by op: where do they first differ?",
		Long: `Compare two traces op by op, in the order of the reference. The verdict comes first: equal (the same bits), noise (no
op differs by more than --tol), or differs, with the first op that does.

Ops are joined by name, or by the names that llama.cpp has for them; batches that were cut differently are joined by
position. NMSE is Σ(got−ref)²/Σref². Exit status 0 for equal and noise, 1 for differs.`,
		Example: `  sonde compare ref.safetensors got.safetensors
  sonde compare llama.cpp.safetensors got.safetensors --tol 1e-6 --json`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return a.compare(args[0], args[1], tol, asJSON) },
	}
	cmd.Flags().Float64Var(&tol, "tol", trace.DefaultTolerance, "largest `NMSE` that counts as noise")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

func (a *app) compare(refPath, gotPath string, tol float64, asJSON bool) error {
	c, err := compareFiles(refPath, gotPath, tol)
	if err != nil {
		return err
	}
	for _, w := range c.Warnings {
		a.warn(errors.New(w))
	}
	if asJSON {
		err = printJSON(a.out, comparisonJSON(c))
	} else {
		err = a.printComparison(c)
	}
	if err == nil && c.Verdict == trace.Differs {
		return errFinding
	}
	return err
}

func compareFiles(refPath, gotPath string, tol float64) (*trace.Comparison, error) {
	if !(tol >= 0) {
		return nil, fmt.Errorf("--tol %g: want a number from 0", tol)
	}
	ref, err := trace.Open(refPath)
	if err != nil {
		return nil, err
	}
	defer ref.Close()
	got, err := trace.Open(gotPath)
	if err != nil {
		return nil, err
	}
	defer got.Close()
	return trace.Compare(ref, got, tol)
}

type opJSON struct {
	Op     string `json:"op"`
	Ref    string `json:"ref"`
	NMSE   number `json:"nmse"`
	Cos    number `json:"cos"`
	MaxAbs number `json:"max_abs"`
	Note   string `json:"note,omitempty"`
}

func diffJSON(d *trace.OpDiff) *opJSON {
	if d == nil {
		return nil
	}
	return &opJSON{d.Op, d.Ref, number(d.NMSE), number(d.Cos), number(d.MaxAbs), d.Note}
}

func comparisonJSON(c *trace.Comparison) any {
	doc := struct {
		Verdict trace.Verdict `json:"verdict"`
		Tol     number        `json:"tol"`
		First   *opJSON       `json:"first"`
		Ops     []*opJSON     `json:"ops"`
		Missing []string      `json:"missing"`
	}{c.Verdict, number(c.Tol), diffJSON(c.First), []*opJSON{}, []string{}}
	for i := range c.Ops {
		doc.Ops = append(doc.Ops, diffJSON(&c.Ops[i]))
	}
	doc.Missing = append(doc.Missing, c.Missing...)
	return doc
}

func (a *app) printComparison(c *trace.Comparison) error {
	fmt.Fprintln(a.out, escape.Text(c.Summary()))
	fmt.Fprintln(a.out)
	t := newTable(a.out, "op", "reference", "NMSE", "cosine", "max abs", "")
	for i := range c.Ops {
		d := &c.Ops[i]
		t.AppendRow([]any{escape.Text(d.Op), escape.Text(d.Ref), fmt.Sprintf("%.2e", d.NMSE), fmt.Sprintf("%.9f", d.Cos), fmt.Sprintf("%.2e", d.MaxAbs), mark(c, d)})
	}
	t.Render()
	if len(c.Missing) > 0 {
		fmt.Fprintf(a.out, "\nOnly in the reference: %d tensors, such as %s\n", len(c.Missing), escape.Text(c.Missing[0]))
	}
	return nil
}

// mark is what stands at the end of an op's line.
func mark(c *trace.Comparison, d *trace.OpDiff) string {
	switch {
	case d == c.First:
		return "<- first " + d.Note
	case d.Over(c.Tol):
		return "differs " + d.Note
	case d.Same:
		return "equal"
	}
	return ""
}
