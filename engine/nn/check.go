package nn

import (
	"fmt"
	"slices"
)

// check reports what about op's inputs, weights and parameters does not fit its kind and its output.
// Passes are right by construction; this is for ops that are run alone or whose inputs a hook replaced.
func (op *Op) check() error {
	c, ok := checks[op.Kind]
	if !ok {
		return nil // a kind of a plugin's own
	}
	if len(op.In) != c.in || len(op.Weights) < c.weights[0] || len(op.Weights) > c.weights[1] {
		return fmt.Errorf("op has %d inputs and %d weights, want %d and %d to %d",
			len(op.In), len(op.Weights), c.in, c.weights[0], c.weights[1])
	}
	for i, t := range op.In {
		wantIDs := i == c.ids-1
		if t == nil || (wantIDs && len(t.IDs) != t.Len()) || (!wantIDs && len(t.Data) != t.Len()) {
			return fmt.Errorf("input %d does not hold the numbers or ids that its shape says", i)
		}
	}
	return c.fits(op)
}

type opCheck struct {
	in      int
	ids     int // which input holds ids, counted from 1; 0 none
	weights [2]int
	fits    func(op *Op) error
}

var checks = map[Kind]opCheck{
	Embed:         {1, 1, [2]int{1, 1}, fitsEmbed},
	RMSNorm:       {1, 0, [2]int{1, 1}, fitsNorm},
	MatMul:        {1, 0, [2]int{1, 2}, fitsLinear},
	Rotate:        {1, 0, [2]int{0, 0}, fitsRotate},
	AttnScores:    {2, 0, [2]int{0, 0}, fitsScores},
	AttnProbs:     {1, 0, [2]int{0, 0}, fitsProbs},
	AttnMix:       {2, 0, [2]int{0, 0}, fitsMix},
	FusedAttn:     {3, 0, [2]int{0, 0}, fitsFused},
	Sum:           {2, 0, [2]int{0, 0}, fitsSame},
	SwiGLU:        {2, 0, [2]int{0, 0}, fitsSame},
	Softmax:       {1, 0, [2]int{0, 0}, fitsSame},
	TopK:          {1, 0, [2]int{0, 0}, fitsTopK},
	ExpertWeights: {2, 2, [2]int{0, 0}, fitsExpertWeights},
	ExpertMatMul:  {2, 2, [2]int{1, 1}, fitsExpertLinear},
	ExpertSum:     {2, 0, [2]int{0, 0}, fitsExpertSum},
}

// want reports an input whose shape differs from the one that the rest of the op asks for.
func (op *Op) want(input int, shape ...int) error {
	if got := op.In[input].Shape; !slices.Equal(got, shape) {
		return shapeError(fmt.Sprintf("input %d", input), got, ShapeString(shape))
	}
	return nil
}

func (op *Op) wantOut(shape ...int) error {
	if !slices.Equal(op.Out.Shape, shape) {
		return shapeError("the output", op.Out.Shape, ShapeString(shape))
	}
	return nil
}

func fitsEmbed(op *Op) error {
	for i, id := range op.In[0].IDs {
		if id < 0 || int(id) >= op.Weights[0].Rows() {
			return fmt.Errorf("token %d has id %d, the vocabulary has %d", i, id, op.Weights[0].Rows())
		}
	}
	return op.wantOut(len(op.In[0].IDs), op.Weights[0].Cols())
}

func fitsNorm(op *Op) error {
	if w := op.Weights[0].Cols(); op.In[0].Width() != w {
		return shapeError("input 0", op.In[0].Shape, fmt.Sprintf("rows of %d", w))
	}
	return fitsSame(op)
}

func fitsLinear(op *Op) error {
	w := op.Weights[0]
	if in := op.In[0]; len(in.Shape) == 0 || in.Len() != in.Shape[0]*w.Cols() {
		return shapeError("input 0", in.Shape, fmt.Sprintf("%d numbers per token", w.Cols()))
	}
	if tokens := op.In[0].Shape[0]; op.Out.Len() != tokens*w.Rows() {
		return shapeError("the output", op.Out.Shape, fmt.Sprintf("%d rows of %d", tokens, w.Rows()))
	}
	if len(op.Weights) == 2 && op.Weights[1].Cols() != w.Rows() {
		return shapeError("the bias", op.Weights[1].Shape, fmt.Sprintf("[%d]", w.Rows()))
	}
	return nil
}

func fitsRotate(op *Op) error {
	in := op.In[0].Shape
	if op.RoPE == nil || len(in) != 3 || len(op.Pos) != in[0] || 2*len(op.RoPE.Freqs) > in[2] {
		return shapeError("input 0", in, "[tokens heads head_dim] with a position per token and room for the rotated pairs")
	}
	return fitsSame(op)
}

func fitsSame(op *Op) error {
	for i := range op.In {
		if err := op.want(i, op.Out.Shape...); err != nil {
			return err
		}
	}
	return nil
}

// cells returns the number of tokens of an attention op, after checking that their positions are among the
// cached cells of the given input; -1 is none.
func (op *Op) cells(input int) (int, error) {
	if op.Attn == nil || op.Attn.KVHeads <= 0 || op.Attn.Heads%op.Attn.KVHeads != 0 {
		return 0, fmt.Errorf("the op has no usable attention geometry: %+v", op.Attn)
	}
	n := len(op.Pos)
	for _, pos := range op.Pos {
		if input >= 0 && int(pos) >= op.In[input].Shape[0] {
			return 0, fmt.Errorf("position %d is behind the %d cached cells", pos, op.In[input].Shape[0])
		}
	}
	return n, nil
}

func fitsScores(op *Op) error {
	tokens, err := op.cells(1)
	if err != nil {
		return err
	}
	a, cells := op.Attn, op.In[1].Shape[0]
	return firstError(
		op.want(0, tokens, a.Heads, a.HeadDim),
		op.want(1, cells, a.KVHeads, a.HeadDim),
		op.wantOut(a.Heads, tokens, cells))
}

func fitsProbs(op *Op) error {
	tokens, err := op.cells(-1)
	if err != nil {
		return err
	}
	return firstError(op.wantOut(op.Attn.Heads, tokens, op.Out.Width()), fitsSame(op))
}

func fitsMix(op *Op) error {
	tokens, err := op.cells(1)
	if err != nil {
		return err
	}
	a, cells := op.Attn, op.In[1].Shape[0]
	return firstError(
		op.want(0, a.Heads, tokens, cells),
		op.want(1, cells, a.KVHeads, a.HeadDim),
		op.wantOut(tokens, a.Heads, a.HeadDim))
}

func fitsFused(op *Op) error {
	tokens, err := op.cells(1)
	if err != nil {
		return err
	}
	a, cells := op.Attn, op.In[1].Shape[0]
	return firstError(
		op.want(0, tokens, a.Heads, a.HeadDim),
		op.want(1, cells, a.KVHeads, a.HeadDim),
		op.want(2, cells, a.KVHeads, a.HeadDim),
		op.wantOut(tokens, a.Heads, a.HeadDim))
}

func fitsTopK(op *Op) error {
	in := op.In[0].Shape
	if len(in) != 2 || len(op.Out.Shape) != 2 || op.Out.Shape[0] != in[0] || op.Out.Shape[1] > in[1] {
		return shapeError("the output", op.Out.Shape, fmt.Sprintf("[%d k] with k ≤ %d", in[0], in[len(in)-1]))
	}
	return nil
}

func fitsExpertWeights(op *Op) error {
	return firstError(op.wantOut(op.In[1].Shape...), op.wantExperts(op.In[0].Width()))
}

func fitsExpertLinear(op *Op) error {
	w := op.Weights[0]
	if len(w.Shape) != 3 || len(op.In[1].Shape) != 2 {
		return shapeError("weight "+w.Name, w.Shape, "[experts out in]")
	}
	tokens, k := op.In[1].Shape[0], op.In[1].Shape[1]
	if n := op.In[0].Len(); n != tokens*w.Cols() && n != tokens*k*w.Cols() {
		return shapeError("input 0", op.In[0].Shape, fmt.Sprintf("rows of %d for each token, or each of its experts", w.Cols()))
	}
	return firstError(op.wantOut(tokens, k, w.Shape[1]), op.wantExperts(w.Shape[0]))
}

func fitsExpertSum(op *Op) error {
	in := op.In[0].Shape
	if len(in) != 3 {
		return shapeError("input 0", in, "[tokens k width]")
	}
	return firstError(op.want(1, in[0], in[1]), op.wantOut(in[0], in[2]))
}

// wantExperts reports chosen experts (input 1) that are not 0 … n-1.
func (op *Op) wantExperts(n int) error {
	for i, id := range op.In[1].IDs {
		if id < 0 || int(id) >= n {
			return fmt.Errorf("choice %d is expert %d, there are %d", i, id, n)
		}
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
