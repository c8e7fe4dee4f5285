//go:build unix

package engine_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
)

// TestPassesOverALostFileAreErrors cuts the model short between two passes: an error names the op, the file and the first
// tensor that is needed of those that are lost.
func TestPassesOverALostFileAreErrors(t *testing.T) {
	for _, n := range []*nn.Numerics{nn.Exact, nn.Fast} {
		for _, op := range []string{"token_embd", "blk.0.attn_q", "blk.3.ffn_down"} {
			t.Run(n.Name()+"/"+op, func(t *testing.T) {
				path := variant(t, nil)
				m := open(t, path)
				s := m.NewSession(engine.Options{Numerics: n, Threads: 3})
				defer s.Close()
				if _, err := s.Forward(context.Background(), prefix(5)...); err != nil {
					t.Fatal(err)
				}
				lost, _ := m.File.Tensor(op + ".weight")
				if err := os.Truncate(path, lost.Offset); err != nil {
					t.Fatal(err)
				}
				_, err := s.Forward(context.Background(), prefix(5)...)
				var fault *gguf.MapFaultError
				if !errors.As(err, &fault) || fault.Tensor != op+".weight" || fault.File != path {
					t.Fatalf("got error %v, want a fault in %s.weight of %s", err, op, path)
				}
				if !strings.Contains(err.Error(), "op "+op) {
					t.Errorf("got error %q, want op %s in it", err, op)
				}
			})
		}
	}
}

// A hook may read weights, too.
func TestHooksThatReadALostWeightAreErrors(t *testing.T) {
	m := open(t, variant(t, nil))
	w, err := m.Weight("blk.3.ffn_down.weight")
	if err != nil {
		t.Fatal(err)
	}
	s := m.NewSession(engine.Options{})
	defer s.Close()
	if _, err := s.On("blk.0.attn_q", func(*nn.Op) error {
		_, err := w.DecodeRow(100, make([]float32, w.Cols()))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	lost, _ := m.File.Tensor(w.Name)
	if err := os.Truncate(m.File.Name, lost.Offset); err != nil {
		t.Fatal(err)
	}
	_, err = s.Forward(context.Background(), prefix(5)...)
	var fault *gguf.MapFaultError
	if !errors.As(err, &fault) || fault.Tensor != w.Name || !strings.Contains(err.Error(), "op blk.0.attn_q") {
		t.Errorf("got error %v, want a fault in %s, read at op blk.0.attn_q", err, w.Name)
	}
}
