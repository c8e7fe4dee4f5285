package arch

import (
	"fmt"

	"github.com/sonde-ml/sonde/engine/nn"
)

// RoPE reads the rotary positions of a family that turns whole heads of dim entries.
func (l *Loader) RoPE(pairing nn.Pairing, dim int) *nn.RoPE {
	if rotated := l.CountOr("rope.dimension_count", dim); !l.unsized && (rotated != dim || dim%2 != 0) {
		l.bad("rope.dimension_count", fmt.Sprint(rotated), fmt.Sprintf("the head size %d, and even", dim))
		dim = 2
	}
	base := l.FloatOr("rope.freq_base", 10000)
	if base <= 0 {
		l.bad("rope.freq_base", formatFloat(base), "a positive number")
		base = 10000
	}
	rope := nn.NewRoPE(pairing, dim, base)
	if factors := l.optionalVector("rope_freqs.weight", dim/2); factors != nil {
		rope.Divide(factors)
	}
	l.scaleRoPE(rope, base)
	return rope
}

// scaleRoPE applies rope.scaling.*, or the older rope.scale_linear.
func (l *Loader) scaleRoPE(rope *nn.RoPE, base float64) {
	l.context = l.contextLength()
	original := l.CountOr("rope.scaling.original_context_length", l.context)
	factor := l.scalingFactor()
	rope.Mag *= l.FloatOr("rope.scaling.attn_factor", 1)
	l.ignore("rope.scaling.finetuned") // tells how the model was made
	switch kind := l.StringOr("rope.scaling.type", "linear"); kind {
	case "none":
	case "linear":
		rope.ScaleLinear(factor)
	case "yarn":
		if original < 1 {
			l.bad("rope.scaling.original_context_length", fmt.Sprint(original), "at least 1")
			return
		}
		rope.ScaleYaRN(base, factor, original)
	case "longrope":
		l.unsupported("rope.scaling.type", kind, "none, linear or yarn")
	default:
		l.bad("rope.scaling.type", kind, "none, linear or yarn")
	}
}

func (l *Loader) scalingFactor() float64 {
	key := "rope.scaling.factor"
	old := l.FloatOr("rope.scale_linear", 1)
	factor := l.FloatOr(key, old)
	switch {
	case factor < 0:
		l.bad(key, formatFloat(factor), "a positive number")
	case factor == 0:
		l.odd(key, "0", "a positive number", "read as 1, no scaling")
	default:
		return factor
	}
	return 1
}

func (l *Loader) contextLength() int {
	v, ok := l.integer("context_length")
	if !ok {
		l.missing("context_length")
		return 0
	}
	if v < 1 {
		l.odd("context_length", fmt.Sprint(v), "at least 1", "set the context when you run the model")
		return 0
	}
	return int(min(v, largestWidth))
}
