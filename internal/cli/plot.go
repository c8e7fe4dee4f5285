package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/trace"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/plotting"
)

func (a *app) plotCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plot",
		Short: "Draw weights, the residual stream, attention or a comparison as PNG or SVG",
		Example: `  sonde plot weights model.gguf blk.0.attn_q.weight
  sonde plot layers model.gguf attn_norm -o norms.svg
  sonde plot residual -m model.gguf -p "Once upon a time"
  sonde plot attention -m model.gguf -p "Once upon a time" --layer 2 --head 1
  sonde plot compare ref.safetensors got.safetensors`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.plotWeightsCmd(), a.plotLayersCmd(), a.plotResidualCmd(), a.plotAttentionCmd(), a.plotCompareCmd())
	return cmd
}

// outFlag is where a picture goes.
type outFlag struct{ path string }

func (f *outFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.path, "output", "o", "", "`FILE` to write, .png or .svg (default: named after what is drawn)")
}

// save writes the picture, and prints the file's name.
func (a *app) save(fig *plotting.Figure, f *outFlag, what ...string) error {
	path := f.path
	if path == "" {
		path = pictureName(what)
	}
	if err := fig.Save(path); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.out, path)
	return err
}

// pictureName makes a file name of what is drawn, with nothing in it that could lead elsewhere.
func pictureName(what []string) string {
	safe := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '_'
	}
	return strings.Map(safe, strings.Join(what, "-")) + ".png"
}

func (a *app) plotWeightsCmd() *cobra.Command {
	var out outFlag
	cmd := &cobra.Command{
		Use:     "weights [FILE] TENSOR",
		Short:   "Draw the histogram of a tensor's weights",
		Example: "  sonde plot weights model.gguf blk.0.attn_q.weight -o q.png",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			tensor := args[len(args)-1]
			if strings.HasSuffix(tensor, ".gguf") {
				return fmt.Errorf("which tensor of %s? Name it behind the file, as in blk.0.attn_q.weight", tensor)
			}
			return a.plotFile(args[:len(args)-1], &out, func(f *gguf.File) (*plotting.Figure, error) {
				return plotting.Weights(f, tensor)
			}, "weights", tensor)
		},
	}
	out.add(cmd)
	return cmd
}

func (a *app) plotLayersCmd() *cobra.Command {
	var out outFlag
	cmd := &cobra.Command{
		Use:     "layers [FILE] KIND",
		Short:   "Draw min, mean, max and rms of one kind of weight over the layers",
		Example: "  sonde plot layers model.gguf attn_norm",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			kind := args[len(args)-1]
			return a.plotFile(args[:len(args)-1], &out, func(f *gguf.File) (*plotting.Figure, error) {
				return plotting.Layers(f, kind)
			}, "layers", kind)
		},
	}
	out.add(cmd)
	return cmd
}

func (a *app) plotFile(args []string, out *outFlag, draw func(*gguf.File) (*plotting.Figure, error), what ...string) error {
	f, err := fileArgument(args).open()
	if err != nil {
		return err
	}
	defer f.Close()
	fig, err := draw(f)
	if err != nil {
		return err
	}
	return a.save(fig, out, what...)
}

// runPlot are the flags of pictures that need a run.
type runPlot struct {
	passFlags
	out outFlag
}

func (f *runPlot) add(cmd *cobra.Command) {
	f.passFlags.add(cmd)
	f.out.add(cmd)
}

func (a *app) plotRun(cmd *cobra.Command, f *runPlot, draw func(*engine.Session, []int32) (*plotting.Figure, error), what ...string) error {
	p, err := f.open(cmd.Context(), a)
	if err != nil {
		return err
	}
	defer p.close()
	s, err := p.newSession()
	if err != nil {
		return err
	}
	defer s.Close()
	fig, err := draw(s, p.ids)
	if err != nil {
		return err
	}
	return a.save(fig, &f.out, what...)
}

func (a *app) plotResidualCmd() *cobra.Command {
	var f runPlot
	cmd := &cobra.Command{
		Use:     "residual",
		Short:   "Draw the rms of the residual stream over the layers",
		Example: `  sonde plot residual -m model.gguf -p "Once upon a time"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.plotRun(cmd, &f, func(s *engine.Session, ids []int32) (*plotting.Figure, error) {
				return plotting.Residual(cmd.Context(), s, ids...)
			}, "residual")
		},
	}
	f.add(cmd)
	return cmd
}

func (a *app) plotAttentionCmd() *cobra.Command {
	var f runPlot
	var layer, head int
	cmd := &cobra.Command{
		Use:     "attention --layer N --head N",
		Short:   "Draw where one head of one layer looks",
		Example: `  sonde plot attention -m model.gguf -p "Once upon a time" --layer 2 --head 1`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.plotRun(cmd, &f, func(s *engine.Session, ids []int32) (*plotting.Figure, error) {
				return plotting.Attention(cmd.Context(), s, layer, head, ids...)
			}, "attention", fmt.Sprintf("layer%d", layer), fmt.Sprintf("head%d", head))
		},
	}
	f.add(cmd)
	cmd.Flags().IntVar(&layer, "layer", 0, "`NUMBER` of the layer, from 0")
	cmd.Flags().IntVar(&head, "head", 0, "`NUMBER` of the head, from 0")
	return cmd
}

func (a *app) plotCompareCmd() *cobra.Command {
	var out outFlag
	var tol float64
	cmd := &cobra.Command{
		Use:     "compare REF GOT",
		Short:   "Draw the error over the ops of two traces",
		Example: "  sonde plot compare ref.safetensors got.safetensors -o error.svg",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := compareFiles(args[0], args[1], tol)
			if err != nil {
				return err
			}
			fig, err := plotting.Compare(c)
			if err != nil {
				return err
			}
			return a.save(fig, &out, "compare")
		},
	}
	out.add(cmd)
	cmd.Flags().Float64Var(&tol, "tol", trace.DefaultTolerance, "largest `NMSE` that counts as noise")
	return cmd
}
