package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine/audit"
	"github.com/sonde-ml/sonde/internal/escape"
)

func (a *app) doctorCmd() *cobra.Command {
	var flags streamFlags
	cmd := &cobra.Command{
		Use:   "doctor [FILE]",
		Short: "Say what is wrong or suspicious in a file",
		Long: `Look through the weights of a GGUF file, the default model's without one, for what cannot be right: NaN and infinities,
tensors and runs of rows that are zero, constant or huge weights, scales without digits, codes at the ends of their range,
bytes in the wrong order, one tensor under two names; and through its metadata for what its family cannot work with.

What is unusual but found in sound models is left alone: small norm weights, growth over layers, unused rows, zero biases.
The exit status is 1 if there is a finding.`,
		Example: `  sonde doctor model.gguf
  sonde doctor model.gguf --json | jq '.findings[].kind'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.doctor(cmd.Context(), fileArgument(args), &flags)
		},
	}
	flags.add(cmd)
	return cmd
}

func (a *app) doctor(ctx context.Context, file source, flags *streamFlags) error {
	f, err := a.openFile(file)
	if err != nil {
		return err
	}
	defer f.Close()
	opt, end, err := flags.begin(a, "doctor")
	if err != nil {
		return err
	}
	found, err := audit.Doctor(ctx, f, opt)
	end()
	if err != nil {
		return err
	}
	if flags.asJSON {
		err = printJSON(a.out, map[string]any{"findings": found})
	} else {
		err = a.printFindings(f.Name, len(f.Tensors()), found)
	}
	if err == nil && len(found) > 0 {
		return errFinding
	}
	return err
}

func (a *app) printFindings(file string, tensors int, found []audit.Finding) error {
	if len(found) == 0 {
		_, err := fmt.Fprintf(a.out, "%s: nothing wrong was found in %d tensors\n", escape.Text(file), tensors)
		return err
	}
	for _, f := range found {
		about := ""
		switch {
		case f.Tensor != "":
			about = " " + escape.Text(f.Tensor)
		case f.Key != "":
			about = " " + escape.Text(f.Key)
		}
		fmt.Fprintf(a.out, "%s: %s%s\n  %s\n  %s\n", f.Severity, f.Kind, about, f.Evidence, f.Why)
	}
	findings := "findings"
	if len(found) == 1 {
		findings = "finding"
	}
	_, err := fmt.Fprintf(a.out, "%s: %d %s in %d tensors\n", escape.Text(file), len(found), findings, tensors)
	return err
}
