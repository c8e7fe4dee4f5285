package plotting_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/trace"
	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/plotting"
)

// TestPicturesOfAModel draws each picture of a real model, and makes sure that mistakes are said.
func TestPicturesOfAModel(t *testing.T) {
	m, err := engine.Open(fixtures.Path(t, "models/stories260K.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	ctx, ids := context.Background(), []int32{1, 403, 407, 261, 378}
	file := filepath.Join(t.TempDir(), "a.safetensors")
	if err := m.Trace(ctx, file, ids, engine.TraceOptions{}); err != nil {
		t.Fatal(err)
	}
	tr, err := trace.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	session := func() *engine.Session {
		s := m.NewSession(engine.Options{})
		t.Cleanup(s.Close)
		return s
	}
	used := session()
	if _, err := used.Next(ctx, 1); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		draw func() (*plotting.Figure, error)
		want string // in its title, or in the error
	}{
		{"weights", func() (*plotting.Figure, error) { return plotting.Weights(m.File, "blk.1.ffn_up.weight") }, "blk.1.ffn_up.weight"},
		{"layers", func() (*plotting.Figure, error) { return plotting.Layers(m.File, "attn_norm") }, "attn_norm over the layers"},
		{"residual", func() (*plotting.Figure, error) { return plotting.Residual(ctx, session(), ids...) }, "Residual stream"},
		{"attention", func() (*plotting.Figure, error) { return plotting.Attention(ctx, session(), 4, 7, ids...) }, "blk.4.attn_probs, head 7"},
		{"comparison", func() (*plotting.Figure, error) {
			c, err := trace.Compare(tr, tr, 0)
			if err != nil {
				return nil, err
			}
			return plotting.Compare(c)
		}, "Error over the ops: equal"},
		{"no such tensor", func() (*plotting.Figure, error) { return plotting.Weights(m.File, "blk.9.ffn_up.weight") }, `no tensor "blk.9.ffn_up.weight"`},
		{"no such kind", func() (*plotting.Figure, error) { return plotting.Layers(m.File, "attn_nrom") }, "the first has attn_norm"},
		{"no such layer", func() (*plotting.Figure, error) { return plotting.Attention(ctx, session(), 5, 0, ids...) }, "blk.5.attn_probs"},
		{"no such head", func() (*plotting.Figure, error) { return plotting.Attention(ctx, session(), 0, -1, ids...) }, "heads 0 to 7, not -1"},
		{"a used session", func() (*plotting.Figure, error) { return plotting.Residual(ctx, used, ids...) }, "1 tokens already"},
	} {
		fig, err := c.draw()
		got := ""
		if err != nil {
			got = err.Error()
		} else if _, err := fig.PNG(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else {
			got = fig.Title
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q in it", c.name, got, c.want)
		}
	}
}
