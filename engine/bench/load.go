package bench

import (
	"math"
	"strings"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
)

// load is what a model has to do for a token, as far as weights go.
type load struct {
	name   string // of the type of the weights, or of the mixture
	floats bool   // most products are with floats
	bytes  int64  // of the weights that a token reads: all but the embedding, of which it takes a row
}

func loadOf(m *engine.Model) (load, error) {
	var l load
	muladds := map[gguf.Type]int64{}
	for _, p := range m.Points() {
		if p.Kind == nn.Embed {
			continue
		}
		for i, name := range p.Weights {
			w, err := m.Weight(name)
			if err != nil {
				return l, err
			}
			all, used := parts(p, w)
			l.bytes += int64(len(w.Bytes)) * used / all
			if product(p.Kind) && i == 0 {
				muladds[w.Type] += int64(w.Rows()) * int64(w.Cols()) * used / all
			}
		}
	}
	l.describe(m, muladds)
	return l, nil
}

// parts returns how many experts a weight has, and how many of them a token uses.
func parts(p nn.Point, w *nn.Weight) (all, used int64) {
	if p.Kind != nn.ExpertMatMul {
		return 1, 1
	}
	return int64(w.Shape[0]), int64(p.Shape[1]) // [tokens, used, width]
}

// describe names the type: the only one that there is, else the mixture that the file says it is, else what there is most.
func (l *load) describe(m *engine.Model, muladds map[gguf.Type]int64) {
	most := gguf.F32
	for t, n := range muladds {
		if n > muladds[most] || n == muladds[most] && t < most {
			most = t
		}
	}
	l.floats = most == gguf.F32 || most == gguf.F16 || most == gguf.BF16
	l.name = most.String()
	if name := mixture(m.File); name != "" && len(muladds) > 1 {
		l.name = name
	}
	l.name = strings.ToLower(l.name)
}

// mixture returns the name of the file's type, "" where it has none.
func mixture(f *gguf.File) string {
	number, err := f.Uint("general.file_type")
	if err != nil || number > math.MaxUint32 {
		return ""
	}
	return convert.FileTypeName(uint32(number))
}
