package plotting

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/engine/trace"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// Weights draws the histogram of a tensor of f.
func Weights(f *gguf.File, tensor string) (*Figure, error) {
	t, err := find(f, tensor)
	if err != nil {
		return nil, err
	}
	tally := new(kernels.Tally)
	if err := eachRow(t, tally.Add); err != nil {
		return nil, fmt.Errorf("%s: tensor %q: %w", f.Name, tensor, err)
	}
	return Histogram{
		Title:    tensor,
		Subtitle: fmt.Sprintf("%s, %s %s", filepath.Base(f.Name), t.Type, nn.ShapeString(t.Shape)),
		Samples:  []Sample{{Name: tensor, Tally: tally}},
	}.Draw()
}

// Layers draws min, mean, max and rms of one kind of weight over the layers of f: "attn_norm" is
// blk.0.attn_norm.weight, blk.1.attn_norm.weight and so on.
func Layers(f *gguf.File, kind string) (*Figure, error) {
	stats := LayerStats{Title: kind + " over the layers", Subtitle: filepath.Base(f.Name)}
	for layer := 0; ; layer++ {
		t, ok := f.Tensor(fmt.Sprintf("blk.%d.%s", layer, kind))
		if !ok {
			t, ok = f.Tensor(fmt.Sprintf("blk.%d.%s.weight", layer, kind))
		}
		if !ok && layer >= len(f.Tensors()) {
			break
		}
		if !ok {
			continue
		}
		var m kernels.Moments
		if err := eachRow(t, m.Add); err != nil {
			return nil, fmt.Errorf("%s: tensor %q: %w", f.Name, t.Name, err)
		}
		stats.Layers = append(stats.Layers, NewLayerStat(layer, &m))
	}
	if len(stats.Layers) == 0 {
		return nil, fmt.Errorf("%s: no layer has a weight %q; the first has %s", f.Name, kind, strings.Join(kindsOf(f), ", "))
	}
	return stats.Draw()
}

// Residual runs tokens in s, hooks included, and draws the rms of the residual stream over the layers.
// The session must be fresh, as for Attention.
func Residual(ctx context.Context, s *engine.Session, tokens ...int32) (*Figure, error) {
	if err := fresh(s); err != nil {
		return nil, err
	}
	norms := ResidualNorms{Title: "Residual stream over the layers", Subtitle: ofRun(s, tokens)}
	hook, err := s.On(isResidual, func(op *nn.Op) error {
		norms.Points = append(norms.Points, ResidualPoint{Layer: op.Layer, RMS: rowRMS(op.Out)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	defer hook.Remove()
	if _, err := s.Forward(ctx, tokens...); err != nil {
		return nil, err
	}
	return norms.Draw()
}

// isResidual selects the ops whose output is the stream: the embedding, and where a block has added to it.
func isResidual(p nn.Point) bool {
	return p.Name == "token_embd" || strings.HasSuffix(p.Name, ".attn_resid") || strings.HasSuffix(p.Name, ".ffn_resid")
}

// Attention runs tokens in s, hooks included, and draws where one head of one layer looks.
func Attention(ctx context.Context, s *engine.Session, layer, head int, tokens ...int32) (*Figure, error) {
	if err := fresh(s); err != nil {
		return nil, err
	}
	var probs *nn.Tensor
	hook, err := s.On(fmt.Sprintf("blk.%d.attn_probs", layer), func(op *nn.Op) error { probs = op.Out.Clone(); return nil })
	if err != nil {
		return nil, err
	}
	defer hook.Remove()
	if _, err := s.Forward(ctx, tokens...); err != nil {
		return nil, err
	}
	heads, n := probs.Shape[0], len(tokens)
	if head < 0 || head >= heads {
		return nil, fmt.Errorf("layer %d has heads 0 to %d, not %d", layer, heads-1, head)
	}
	labels := tokenLabels(s.Model(), tokens)
	return AttentionPattern{
		Title:    fmt.Sprintf("blk.%d.attn_probs, head %d", layer, head),
		Subtitle: ofRun(s, tokens),
		Weights:  probs.Data[head*n*n : (head+1)*n*n],
		Queries:  labels,
		Keys:     labels,
	}.Draw()
}

// fresh reports a session whose earlier tokens a picture could not name.
func fresh(s *engine.Session) error {
	if s.Len() > 0 {
		return fmt.Errorf("the session has seen %d tokens already: reset it before it draws a run", s.Len())
	}
	return nil
}

// Compare draws the error over the ops of a comparison.
func Compare(c *trace.Comparison) (*Figure, error) {
	e := OpErrors{Title: "Error over the ops: " + string(c.Verdict), Subtitle: c.Summary(), Tolerance: c.Tol}
	for i := range c.Ops {
		e.Ops = append(e.Ops, OpError{Op: c.Ops[i].Op, NMSE: c.Ops[i].NMSE, Equal: c.Ops[i].Same})
	}
	return e.Draw()
}

func find(f *gguf.File, tensor string) (*gguf.Tensor, error) {
	if t, ok := f.Tensor(tensor); ok {
		return t, nil
	}
	return nil, fmt.Errorf("%s: there is no tensor %q; sonde inspect lists them", f.Name, tensor)
}

// eachRow gives the weights of a tensor to visit, row by row, in one buffer.
func eachRow(t *gguf.Tensor, visit func(row []float32)) error {
	row := make([]float32, t.RowLen())
	return gguf.Guard(func() error {
		size := len(t.Bytes()) / max(1, t.Rows())
		for i := range t.Rows() {
			if err := quant.Decode(t.Type, row, t.Bytes()[i*size:(i+1)*size]); err != nil {
				return err
			}
			visit(row)
		}
		return nil
	})
}

// kindsOf lists the kinds of weight that block 0 has.
func kindsOf(f *gguf.File) []string {
	var kinds []string
	for _, t := range f.Tensors() {
		if kind, ok := strings.CutPrefix(t.Name, "blk.0."); ok {
			kinds = append(kinds, strings.TrimSuffix(kind, ".weight"))
		}
	}
	return kinds
}

func rowRMS(t *nn.Tensor) []float64 {
	list := make([]float64, t.Rows())
	for i := range list {
		row := nn.Tensor{Data: t.Row(i)}
		list[i] = row.RMS()
	}
	return list
}

// ofRun says what ran, for subtitles.
func ofRun(s *engine.Session, tokens []int32) string {
	line := fmt.Sprintf("%s, %s, %d tokens", s.Model().Name(), s.Numerics().Name(), len(tokens))
	if v, err := s.Model().Tokenizer(); err == nil {
		if text, err := v.Decode(tokens, token.DecodeOptions{}); err == nil {
			line += fmt.Sprintf(": %q", strings.TrimSpace(text))
		}
	}
	return line
}

// tokenLabels writes each token as text, or its id where the model has no tokenizer.
func tokenLabels(m *engine.Model, tokens []int32) []string {
	if v, err := m.Tokenizer(); err == nil {
		if pieces, err := v.Pieces(tokens); err == nil {
			return pieces
		}
	}
	labels := make([]string, len(tokens))
	for i, id := range tokens {
		labels[i] = fmt.Sprint(id)
	}
	return labels
}
