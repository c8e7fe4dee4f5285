package nn

import (
	"encoding/binary"
	"math"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
)

// Scores and mix of many tokens are products, one for each key-value head: the query heads that share it, one below the
// other, times its keys; and their probabilities times its values. What follows each other in [H, T, C] follows each other
// in the product, whose rows are first, first+1, … of all H·T.

// headRows is memory for the products of one key-value head.
type headRows struct {
	group  int       // the key-value head
	first  int       // of its rows
	in     []float32 // [H/G·T, d] queries, or [H/G·T, C] probabilities
	out    []float32 // [H/G·T, d] mixed values
	matrix []byte    // [C, d] keys, or [d, C] values, as float32
}

// manyTokensFrom is from how many tokens products pay: those of floats are fast from as many.
const manyTokensFrom = 24

// manyTokens reports whether scores and mix are taken as products, which sum up in another order than for one token.
func (op *Op) manyTokens() bool {
	return len(op.Pos) >= manyTokensFrom && !op.work.products.BatchInvariant
}

// eachGroup calls f for each key-value head with the number of rows that belong to it.
func (op *Op) eachGroup(f func(op *Op, h *headRows, rows int) error) error {
	h, rows := &op.work.heads, op.Attn.Heads/op.Attn.KVHeads*len(op.Pos)
	for h.group = range op.Attn.KVHeads {
		h.first = h.group * rows
		if err := f(op, h, rows); err != nil {
			return err
		}
	}
	return nil
}

func scoresByProducts(op *Op) error {
	return op.eachGroup(func(op *Op, h *headRows, rows int) error {
		cells, dim := op.In[1].Shape[0], op.Attn.HeadDim
		h.in = resized(h.in, rows*dim)
		if err := op.each(rows, dim, gatherQueries); err != nil {
			return err
		}
		return h.multiply(op, op.Out.Data[h.first*cells:(h.first+rows)*cells], cells, dim, 1, dim)
	})
}

func mixByProducts(op *Op) error {
	return op.eachGroup(func(op *Op, h *headRows, rows int) error {
		cells, dim := op.In[1].Shape[0], op.Attn.HeadDim
		h.in, h.out = resized(h.in, rows*cells), resized(h.out, rows*dim)
		if err := op.each(rows, cells, gatherProbs); err != nil {
			return err
		}
		if err := h.multiply(op, h.out, dim, cells, cells, 1); err != nil {
			return err
		}
		return op.each(rows, dim, scatterHeads)
	})
}

// multiply writes h.in times the matrix [rows, cols] of the key-value head to dst. In the matrix one number of a cell's
// head is acrossDim from the next, and one cell acrossCells from the next.
func (h *headRows) multiply(op *Op, dst []float32, rows, cols, acrossDim, acrossCells int) error {
	h.matrix = resized(h.matrix, 4*rows*cols)
	for j := range op.In[1].Shape[0] {
		for i, v := range op.In[1].Row(j*op.Attn.KVHeads + h.group) {
			binary.LittleEndian.PutUint32(h.matrix[4*(j*acrossCells+i*acrossDim):], math.Float32bits(v))
		}
	}
	m, err := kernels.NewMatrix(gguf.F32, rows, cols, h.matrix)
	if err != nil {
		return err
	}
	op.work.products.SetInput(h.in, cols)
	return op.work.products.Product(dst, m)
}

// row returns the token and the head of a row of the group.
func (h *headRows) row(op *Op, i int) (token, head int) {
	return (h.first + i) % len(op.Pos), (h.first + i) / len(op.Pos)
}

func gatherQueries(op *Op, _ *scratch, lo, hi int) {
	h, dim := &op.work.heads, op.Attn.HeadDim
	for i := lo; i < hi; i++ {
		t, head := h.row(op, i)
		copy(h.in[i*dim:], op.In[0].Row(t*op.Attn.Heads+head))
	}
}

// gatherProbs leaves out the cells that a token does not see, whatever a hook has put there.
func gatherProbs(op *Op, _ *scratch, lo, hi int) {
	h, cells := &op.work.heads, op.In[1].Shape[0]
	for i := lo; i < hi; i++ {
		t, _ := h.row(op, i)
		row := h.in[i*cells : (i+1)*cells]
		clear(row[copy(row, op.In[0].Row(h.first + i)[:op.Pos[t]+1]):])
	}
}

func scatterHeads(op *Op, _ *scratch, lo, hi int) {
	h, dim := &op.work.heads, op.Attn.HeadDim
	for i := lo; i < hi; i++ {
		t, head := h.row(op, i)
		copy(op.Out.Row(t*op.Attn.Heads+head), h.out[i*dim:])
	}
}
