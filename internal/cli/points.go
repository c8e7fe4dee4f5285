package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine/nn"
)

func (a *app) pointsCmd() *cobra.Command {
	var model modelFlag
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "points",
		Short: "List the ops of a model's pass, with the names that others have for them",
		Long: `List the ops of a forward pass in order: the places that --watch, --select and hooks can name. Besides its own name
an op can be named as llama.cpp, Hugging Face's transformers or TransformerLens do, where the value is the same.`,
		Example: `  sonde points -m model.gguf
  sonde points -m model.gguf --json | jq '.points[].name'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			m, err := model.open(a)
			if err != nil {
				return err
			}
			defer m.Close()
			if asJSON {
				return printJSON(a.out, map[string]any{"points": pointsJSON(m.Points())})
			}
			a.printPoints(m.Points())
			return nil
		},
	}
	model.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

type pointJSON struct {
	Name    string            `json:"name"`
	Kind    nn.Kind           `json:"kind"`
	Shape   []any             `json:"shape"`
	Weights []string          `json:"weights"`
	Aliases map[string]string `json:"aliases"`
}

func pointsJSON(points []nn.Point) []pointJSON {
	list := make([]pointJSON, len(points))
	for i, p := range points {
		list[i] = pointJSON{Name: p.Name, Kind: p.Kind, Weights: append([]string{}, p.Weights...), Aliases: map[string]string{
			"llama.cpp": p.Aliases.LlamaCpp, "hf": p.Aliases.HF, "transformer_lens": p.Aliases.TransformerLens,
		}}
		for _, d := range p.Shape {
			if d >= 0 {
				list[i].Shape = append(list[i].Shape, d)
			} else {
				list[i].Shape = append(list[i].Shape, nn.DimString(d))
			}
		}
	}
	return list
}

func (a *app) printPoints(points []nn.Point) {
	t := newTable(a.out, "name", "kind", "shape", "weights", "llama.cpp", "transformers", "TransformerLens")
	for _, p := range points {
		t.AppendRow([]any{p.Name, p.Kind, nn.ShapeString(p.Shape), strings.Join(p.Weights, " "),
			p.Aliases.LlamaCpp, p.Aliases.HF, p.Aliases.TransformerLens})
	}
	t.Render()
}
