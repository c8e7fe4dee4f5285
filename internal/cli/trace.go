package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/trace"
)

type traceFlags struct {
	passFlags
	out     string
	sel     []string
	batches string
	names   string
}

func (a *app) traceCmd() *cobra.Command {
	var f traceFlags
	cmd := &cobra.Command{
		Use:   "trace -o FILE",
		Short: "Record what every op computes in a safetensors file",
		Long: `Record the full output of every op, and the logits of every position, in a safetensors file.

The tokens run as one batch; --batches 8,1,1,1,1 cuts them otherwise. With --names llama.cpp the file has llama.cpp's
names, shapes and order, for tools that expect them.`,
		Example: `  sonde trace -m model.gguf -p "Once upon a time" --numerics exact -o ref.safetensors
  sonde trace -m model.gguf --tokens 1,403,407,261 --batches 3,1 --select 'blk.0-1.*' -o part.safetensors
  sonde trace -m model.gguf -p "Once upon a time" --names llama.cpp -o theirs.safetensors`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.trace(cmd, &f) },
	}
	f.passFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "output", "o", "", "safetensors `FILE` to write")
	flags.StringArrayVar(&f.sel, "select", nil, "record only the ops of this `SELECTOR`; may be given again")
	flags.StringVar(&f.batches, "batches", "", "cut the tokens into batches of these `SIZES`, as in 8,1,1,1,1")
	flags.StringVar(&f.names, "names", "sonde", "names of the tensors: sonde or `llama.cpp`")
	return cmd
}

func (a *app) trace(cmd *cobra.Command, f *traceFlags) error {
	opt, err := f.options()
	if err != nil {
		return err
	}
	p, err := f.open(cmd.Context(), a)
	if err != nil {
		return err
	}
	defer p.close()
	opt.Session, opt.Prompt = p.options, p.text
	opt.Prepare = func(s *engine.Session) error {
		return errors.Join(p.plugins.attach(s), a.showProgress(s, max(1, len(opt.Batches)), "tracing"))
	}
	if err := p.model.Trace(cmd.Context(), f.out, p.ids, opt); err != nil {
		return err
	}
	return a.reportTrace(f.out)
}

func (f *traceFlags) options() (opt engine.TraceOptions, err error) {
	if f.out == "" {
		err = errors.New("trace needs -o FILE: where to write the trace")
	}
	if f.names != "sonde" && f.names != "llama.cpp" {
		err = errors.Join(err, fmt.Errorf("--names %q: there are sonde and llama.cpp", f.names))
	}
	opt.Names = f.names
	for _, sel := range f.sel {
		opt.Select = append(opt.Select, nn.Selector(sel))
	}
	if f.batches == "" {
		return opt, err
	}
	for word := range strings.SplitSeq(f.batches, ",") {
		n, convErr := strconv.Atoi(strings.TrimSpace(word))
		if convErr != nil || n < 1 {
			return opt, errors.Join(err, fmt.Errorf("--batches %q: %q is no size; want positive numbers with commas, such as 8,1,1", f.batches, word))
		}
		opt.Batches = append(opt.Batches, n)
	}
	return opt, err
}

// reportTrace says what was written.
func (a *app) reportTrace(path string) error {
	t, err := trace.Open(path)
	if err != nil {
		return err
	}
	defer t.Close()
	_, err = fmt.Fprintf(a.out, "%s: %d tensors of %d ops over %d tokens\n", path, len(t.Entries), t.Ops(), len(t.Tokens()))
	return err
}
