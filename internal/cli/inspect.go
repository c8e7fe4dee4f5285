package cli

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine/audit"
	"github.com/sonde-ml/sonde/internal/escape"
)

// inspectFlags say what of a file to show.
type inspectFlags struct {
	key, tensor string
	headerOnly  bool
	context     int64
	asJSON      bool
}

func (a *app) inspectCmd() *cobra.Command {
	var flags inspectFlags
	cmd := &cobra.Command{
		Use:   "inspect [FILE]",
		Short: "Show what is in a GGUF file",
		Long: `Show the metadata and tensors of a GGUF file, the default model's without one.

Only the container decides the exit status: what a model loader would refuse is a warning here. Where the container is
broken, what could be read is shown, then why, and the exit status is 2. With --header-only the file may end behind its
tensor list, as the first megabytes of a download do. Of a split, one part is shown, and what the others lack.`,
		Example: `  sonde inspect model.gguf
  sonde inspect model.gguf --json | jq '.types'
  sonde inspect model.gguf --kv tokenizer.ggml.tokens
  sonde inspect model.gguf --tensor blk.0.attn_norm.weight
  sonde inspect model.gguf --ctx 32768
  sonde inspect first-megabytes.gguf --header-only`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			file := fileArgument(args)
			if flags.key != "" {
				return a.inspectKey(file, flags.key, flags.asJSON)
			}
			return a.inspect(file, &flags)
		},
	}
	cmd.Flags().StringVar(&flags.key, "kv", "", "show the whole value of this `KEY`")
	cmd.Flags().StringVar(&flags.tensor, "tensor", "", "show only the tensor of this `NAME`")
	cmd.Flags().BoolVar(&flags.headerOnly, "header-only", false, "look at nothing behind the tensor list")
	cmd.Flags().Int64Var(&flags.context, "ctx", 0, "tell the memory of the KV cache for a context of `N` tokens (default: the model's)")
	cmd.Flags().BoolVar(&flags.asJSON, "json", false, "print one JSON document")
	return cmd
}

func (a *app) inspectKey(file source, key string, asJSON bool) error {
	kv, err := file.key(key)
	if err != nil {
		return err
	}
	if asJSON {
		kv.Value = finiteJSON(kv.Value)
		return printJSON(a.out, kv)
	}
	list, isArray := kv.Value.([]any)
	if !isArray {
		list = []any{kv.Value}
	}
	for _, v := range list {
		fmt.Fprintln(a.out, plain(v))
	}
	return nil
}

func (a *app) inspect(file source, flags *inspectFlags) error {
	r, err := file.inspect(flags.headerOnly)
	if r == nil && flags.asJSON {
		return errors.Join(printJSON(a.out, audit.Unreadable(file.path, err)), err)
	}
	if r == nil {
		return err
	}
	if flags.tensor != "" {
		r.Tensors = slices.DeleteFunc(r.Tensors, func(t audit.Tensor) bool { return t.Name != flags.tensor })
		if len(r.Tensors) == 0 {
			return fmt.Errorf("%s: there is no tensor %s", escape.Text(r.File), escape.Quote(flags.tensor))
		}
	}
	if flags.context > 0 {
		r.Model.KVCache = r.Model.KVCache.At(flags.context)
	}
	if flags.asJSON {
		for i := range r.KV {
			r.KV[i].Value = finiteJSON(r.KV[i].Value)
		}
		if printErr := printJSON(a.out, r); printErr != nil {
			return printErr
		}
		return err
	}
	a.printReport(r, flags.tensor == "")
	for _, w := range r.Warnings {
		a.say("sonde: warning: %s", w)
	}
	return err
}

func (a *app) printReport(r *audit.Report, whole bool) {
	fmt.Fprintf(a.out, "%s: GGUF version %d, %s-endian, alignment %d, data from byte %d\n",
		escape.Text(r.File), r.Version, r.Endian, r.Alignment, r.DataOffset)
	m := r.Model
	fmt.Fprintf(a.out, "model: %s %s, %d layers of width %d, %d heads, %d key-value heads, context %d; %.2f bits per weight\n",
		escape.Text(m.Architecture), escape.Quote(m.Name), m.Layers, m.Width, m.Heads, m.KVHeads, m.Context, r.BitsPerWeight)
	a.printModel(r)
	fmt.Fprintln(a.out)
	if whole {
		t := newTable(a.out, "key", "type", "value")
		for _, kv := range r.KV {
			t.AppendRow([]any{escape.Text(kv.Key), kvType(kv), kvText(kv)})
		}
		t.Render()
		fmt.Fprintln(a.out)
	}
	t := newTable(a.out, "tensor", "type", "shape", "bytes", "offset")
	for _, row := range r.Tensors {
		t.AppendRow([]any{escape.Text(row.Name), row.Type, fmt.Sprint(row.Shape), row.Bytes, row.Offset})
	}
	t.Render()
	if whole {
		fmt.Fprintln(a.out)
		a.printTypes(r)
	}
}

// printModel adds lines to the summary of the model, where there is something to tell.
func (a *app) printModel(r *audit.Report) {
	if rope := r.Model.Rope; rope != nil {
		fmt.Fprintln(a.out, ropeText(rope))
	}
	if kv := r.Model.KVCache; kv != nil && kv.Context > 0 {
		fmt.Fprintf(a.out, "KV cache: %d numbers a token; for %d tokens %d bytes in F32, %d in F16\n", kv.PerToken, kv.Context, kv.F32, kv.F16)
	}
	if s := r.Split; s != nil {
		fmt.Fprintf(a.out, "split: part %d of %d; here are", s.Part, s.Count)
		for _, part := range s.Files {
			fmt.Fprintf(a.out, " %s (%d bytes)", escape.Text(part.File), part.Bytes)
		}
		fmt.Fprintln(a.out)
	}
}

func ropeText(r *audit.Rope) string {
	text := []string{fmt.Sprintf("RoPE: base %g", float64(r.Base))}
	if r.Dimensions > 0 {
		text = append(text, fmt.Sprintf("%d dimensions of a head", r.Dimensions))
	}
	if r.Scaling != "" && r.Scaling != "none" || r.Factor > 0 {
		text = append(text, fmt.Sprintf("scaling %s by %g", escape.Quote(r.Scaling), float64(r.Factor)))
	}
	if r.OriginalContext > 0 {
		text = append(text, fmt.Sprintf("trained with a context of %d", r.OriginalContext))
	}
	if r.Factors {
		text = append(text, "with a divisor for each frequency")
	}
	return strings.Join(text, ", ")
}

func (a *app) printTypes(r *audit.Report) {
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
}

func kvType(kv audit.KV) string {
	if kv.Count != nil {
		return fmt.Sprintf("%s of %d %s", kv.Type, *kv.Count, kv.Elem)
	}
	return kv.Type
}

func kvText(kv audit.KV) string {
	list, isArray := kv.Value.([]any)
	if !isArray {
		return plain(kv.Value)
	}
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = plain(v)
	}
	if kv.Count != nil && *kv.Count > len(list) {
		words = append(words, "…")
	}
	return strings.Join(words, " ")
}

// plain writes a value for a terminal: strings quoted, with nothing in them that a terminal would obey.
func plain(v any) string {
	if s, ok := v.(string); ok {
		return escape.Quote(s)
	}
	return escape.Text(fmt.Sprint(v))
}

// finiteJSON puts numbers that JSON lacks into words, inside of arrays too.
func finiteJSON(v any) any {
	switch v := v.(type) {
	case float32:
		if w := float64(v); math.IsNaN(w) || math.IsInf(w, 0) {
			return number(w)
		}
	case float64:
		return number(v)
	case []any:
		for i := range v {
			v[i] = finiteJSON(v[i])
		}
	}
	return v
}
