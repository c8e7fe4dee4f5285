package engine

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/trace"
)

// TraceOptions say what [Model.Trace] runs and records. The zero value records every op of the whole prompt as one batch.
type TraceOptions struct {
	Session Options
	Prompt  string               // the text that the tokens were made of, noted in the file
	Select  []nn.Selector        // ops to record; none is all
	Batches []int                // sizes of the batches that the tokens are cut into; none is one batch
	Names   string               // "sonde" or "llama.cpp": the names that the keys are; "" is sonde
	Prepare func(*Session) error // adds hooks, before recording begins; may be nil
}

// Trace runs the tokens and records what the ops compute in the file at path, with the logits of every position.
func (m *Model) Trace(ctx context.Context, path string, tokens []int32, opt TraceOptions) error {
	batches, err := cut(tokens, opt.Batches)
	if err != nil {
		return err
	}
	if sameFile(path, m.File.Name) {
		return fmt.Errorf("%s is the model itself: write the trace to another file", path)
	}
	s := m.NewSession(opt.Session)
	defer s.Close()
	if opt.Prepare != nil {
		if err := opt.Prepare(s); err != nil {
			return err
		}
	}
	w, err := trace.Create(path, trace.Info{
		Model: m.Name(), Prompt: opt.Prompt, Numerics: s.opt.Numerics.Name(), Context: s.Context(),
		KVCache: strings.ToLower(s.opt.KVCache.String()), Names: opt.Names,
	}, m.Points())
	if err != nil {
		return err
	}
	defer w.Close()
	if err := s.Record(w, opt.Select...); err != nil {
		return err
	}
	for _, batch := range batches {
		if _, err := s.Forward(ctx, batch...); err != nil {
			return err
		}
	}
	return w.Commit()
}

// Record writes the outputs of the selected ops, or of all if there are no selectors, to w from now on.
// Hooks that were added before come first, so that what they change is what is recorded.
func (s *Session) Record(w *trace.Writer, selectors ...nn.Selector) error {
	if len(selectors) == 0 {
		selectors = []nn.Selector{"*"}
	}
	chosen := map[string]bool{}
	for _, sel := range selectors {
		found, err := nn.Select(s.model.Points(), sel)
		if err != nil {
			return err
		}
		for _, i := range found {
			chosen[s.model.Points()[i].Name] = true
		}
	}
	s.batch = append(s.batch, w.Batch)
	_, err := s.On(func(p nn.Point) bool { return chosen[p.Name] }, w.Record)
	return err
}

// cut deals tokens out to batches of the given sizes.
func cut(tokens []int32, sizes []int) ([][]int32, error) {
	if len(sizes) == 0 {
		return [][]int32{tokens}, nil
	}
	var batches [][]int32
	rest := tokens
	for _, n := range sizes {
		if n < 1 || n > len(rest) {
			return nil, fmt.Errorf("batches %v do not fit %d tokens: they must be positive and add up to it", sizes, len(tokens))
		}
		batches = append(batches, rest[:n])
		rest = rest[n:]
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("batches %v leave %d of %d tokens over: they must add up to it", sizes, len(rest), len(tokens))
	}
	return batches, nil
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}
