// Package cli is the sonde command: one file per subcommand, each of which parses its flags, calls a package and prints.
// What programs may rely on, the flags, the JSON and the exit statuses, is in the help of each subcommand.
package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/internal/escape"
	"github.com/sonde-ml/sonde/kernels/cpu"
)

// Exit statuses.
const (
	statusFine    = 0
	statusFinding = 1 // a difference or a finding was reported
	statusError   = 2 // nothing was done, or not all of it
)

// errFinding ends a command that has reported a difference or a finding.
var errFinding = errors.New("a difference was found")

var errInterrupted = errors.New("interrupted")

// Main runs the command with these arguments and returns its exit status. Ctrl-C, or a polite request to end, cancels what
// runs; a second one kills.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // from then on the signal kills
	defer stop()

	a := newApp(in, out, errOut)
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(a.out)
	root.SetErr(errOut)
	_, err := cpu.Active() // nothing is done at another level than was asked for
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	if a.out.lost != nil && !errors.Is(err, a.out.lost) {
		err = a.out.lost
	}
	if errors.Is(err, errFinding) {
		return statusFinding
	}
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	for _, e := range flatten(err) {
		a.say("sonde: %s", escape.Text(e.Error())) // a plugin's words may hold anything
	}
	if err != nil {
		return statusError
	}
	return statusFine
}

func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sonde",
		Short: "A probe for language models in GGUF files",
		Long: `Sonde opens a language model in a GGUF file, runs it, shows every number on the way, lets you change any of them
while it runs, and says where an engine goes wrong.

Commands that run a model take it from --model, else from SONDE_MODEL, else the small one that is embedded; those that look
into files take their arguments first. SONDE_CPU=generic, avx2, avx512 or avx512-vnni makes the kernels run at that level of
instructions, which is the highest that the processor has otherwise. Exit status: 0 fine, 1 a difference or a finding was reported, 2 an error.`,
		Example: `  sonde inspect model.gguf
  sonde run -m model.gguf -p "Once upon a time" --temp 0
  printf '1\n' | sonde run -m model.gguf --max-tokens 5 --temp 0 --watch attn_norm-0 --watch blk.0.attn_norm.weight
  sonde trace -m model.gguf -p "Once upon a time" --numerics exact -o ref.safetensors
  sonde compare ref.safetensors got.safetensors`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetVersionTemplate("sonde {{.Version}}\n")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return flagError(err) })
	cmd.AddCommand(a.inspectCmd(), a.runCmd(), a.tokenizeCmd(), a.pointsCmd(), a.traceCmd(), a.compareCmd(),
		a.showCmd(), a.statsCmd(), a.doctorCmd(), a.diffCmd(), a.benchCmd(),
		a.plotCmd(), a.quantizeCmd(), a.synthCmd(), a.notebookCmd())
	return cmd
}

// warn prints warnings, one line each.
func (a *app) warn(warnings ...error) {
	for _, w := range warnings {
		for _, e := range flatten(w) {
			a.say("sonde: warning: %v", e)
		}
	}
}

// flatten takes joined errors apart: several problems of one input are several lines.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || !pureJoin(err, joined.Unwrap()) {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flatten(e)...)
	}
	return all
}

// pureJoin reports whether err says nothing but what its parts say, as errors.Join does.
func pureJoin(err error, parts []error) bool {
	return err.Error() == errors.Join(parts...).Error()
}
