package nn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sonde-ml/sonde/kernels"
)

// Sizes that stand for themselves in the shape of a [Point], because only a run knows their number.
const (
	TokensDim = -1 // the tokens of the batch
	CellsDim  = -2 // the positions that the KV cache holds after the batch
)

// Tensor is an array of float32 numbers, or of ids, outermost dimension first, rows contiguous.
type Tensor struct {
	Shape []int
	Data  []float32 // the numbers; nil when the tensor holds ids
	IDs   []int32   // token or expert ids; nil when it holds numbers

	packed *kernels.Cells // instead of Data in a KV cache of another type, where nobody looks
	block  int            // 1 + the block whose ops alone may read it, since the next one uses its memory; 0 for none
}

// NewTensor returns a tensor of zeros.
func NewTensor(shape ...int) *Tensor {
	return &Tensor{Shape: slices.Clone(shape), Data: make([]float32, elements(shape))}
}

// NewIDs returns a one-dimensional tensor that holds ids.
func NewIDs(ids ...int32) *Tensor {
	return &Tensor{Shape: []int{len(ids)}, IDs: slices.Clone(ids)}
}

// Len returns the number of elements.
func (t *Tensor) Len() int { return elements(t.Shape) }

// Rows returns the product of all dimensions but the innermost.
func (t *Tensor) Rows() int {
	if len(t.Shape) == 0 {
		return 1
	}
	return elements(t.Shape[:len(t.Shape)-1])
}

// Width returns the innermost dimension.
func (t *Tensor) Width() int {
	if len(t.Shape) == 0 {
		return 1
	}
	return t.Shape[len(t.Shape)-1]
}

// Row returns row i of the numbers: Width of them, shared with t.
func (t *Tensor) Row(i int) []float32 {
	w := t.Width()
	return t.Data[i*w : (i+1)*w]
}

// Clone returns a copy that shares nothing with t. Ops reuse their outputs from pass to pass,
// so a hook that keeps one must keep a clone.
func (t *Tensor) Clone() *Tensor {
	return &Tensor{Shape: slices.Clone(t.Shape), Data: slices.Clone(t.Data), IDs: slices.Clone(t.IDs)}
}

// String describes the tensor as "[13 64]".
func (t *Tensor) String() string { return ShapeString(t.Shape) }

// ShapeString writes a shape as "[tokens 64]".
func ShapeString(shape []int) string {
	words := make([]string, len(shape))
	for i, n := range shape {
		words[i] = DimString(n)
	}
	return "[" + strings.Join(words, " ") + "]"
}

// DimString writes one dimension: a number, "tokens" or "kv".
func DimString(n int) string {
	switch n {
	case TokensDim:
		return "tokens"
	case CellsDim:
		return "kv"
	}
	return strconv.Itoa(n)
}

func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func shapeError(what string, got []int, want string) error {
	return fmt.Errorf("%s has shape %s, want %s", what, ShapeString(got), want)
}
