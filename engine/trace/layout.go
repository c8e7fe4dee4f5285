package trace

import (
	"strings"

	"github.com/sonde-ml/sonde/engine/nn"
)

// toLlamaCpp returns op's output in the shape that llama.cpp's node has: products as rows of one width,
// the attention's mix with heads before tokens.
func toLlamaCpp(op *nn.Op) *nn.Tensor {
	t := op.Out
	switch op.Kind {
	case nn.MatMul:
		return &nn.Tensor{Shape: []int{t.Shape[0], t.Len() / t.Shape[0]}, Data: t.Data}
	case nn.AttnMix, nn.FusedAttn:
		return swapHeads(t)
	}
	return t
}

// swapHeads turns [a, b, d] into [b, a, d].
func swapHeads(t *nn.Tensor) *nn.Tensor {
	a, b, d := t.Shape[0], t.Shape[1], t.Shape[2]
	s := nn.NewTensor(b, a, d)
	for i := range a {
		for j := range b {
			copy(s.Data[(j*a+i)*d:(j*a+i+1)*d], t.Data[(i*b+j)*d:])
		}
	}
	return s
}

// value is a recorded tensor in the layout of Sonde's op: token by token, or, for scores and probabilities
// of the attention, head by head.
type value struct {
	byHead bool // [heads, tokens, cells]; else [tokens, width]
	heads  int
	tokens int
	width  int // of a row: numbers per token, or cells
	data   []float32
}

// asValue brings e, an entry of t, into that layout. tokens is the size of its batch, 0 if unknown.
func asValue(e *Entry, op string) (*value, error) {
	data, err := e.Values()
	if err != nil {
		return nil, err
	}
	kind := op[strings.LastIndexByte(op, '.')+1:]
	if kind == "attn_mix" && len(e.Shape) == 3 && e.isNode("kqv") {
		t := swapHeads(&nn.Tensor{Shape: e.Shape, Data: data})
		return rowsOf(t.Shape, t.Data), nil
	}
	if (kind == "attn_scores" || kind == "attn_probs") && len(e.Shape) == 3 {
		return &value{true, e.Shape[0], e.Shape[1], e.Shape[2], data}, nil
	}
	return rowsOf(e.Shape, data), nil
}

func rowsOf(shape []int, data []float32) *value {
	if len(shape) == 0 {
		return &value{heads: 1, tokens: 1, width: 1, data: data}
	}
	v := &value{heads: 1, tokens: shape[0], data: data}
	if shape[0] > 0 {
		v.width = len(data) / shape[0]
	}
	return v
}

// isNode reports whether e stands under llama.cpp's name of that node, such as kqv-3.
func (e *Entry) isNode(name string) bool { return strings.HasPrefix(e.Key, name+"-") }

// row returns the numbers of one token for one head.
func (v *value) row(head, token int) []float32 {
	at := (head*v.tokens + token) * v.width
	return v.data[at : at+v.width]
}
