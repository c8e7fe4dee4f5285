package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/internal/jupyter"
)

func (a *app) notebookCmd() *cobra.Command {
	var show bool
	cmd := &cobra.Command{
		Use:   "notebook",
		Short: "Open the notebooks of this checkout in Jupyter",
		Long: `Open the notebooks of the checkout that this folder is in, with the kernel "Sonde (Go)". The server listens on this
machine only and asks for a token; whoever can open it runs programs as you. "make lab" sets up what is missing first.`,
		Example: `  sonde notebook
  sonde notebook --print`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.notebook(show) },
	}
	cmd.Flags().BoolVar(&show, "print", false, "print the command line and its environment instead")
	return cmd
}

func (a *app) notebook(show bool) error {
	root, err := jupyter.FindCheckout(".")
	if err != nil {
		return err
	}
	argv, env, err := jupyter.Command(root)
	if show {
		for _, entry := range env {
			fmt.Fprintln(a.out, entry)
		}
		fmt.Fprintln(a.out, strings.Join(argv, " "))
		return nil
	}
	if err != nil {
		return err
	}
	return jupyter.Exec(argv, env)
}
