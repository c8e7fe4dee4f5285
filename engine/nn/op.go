package nn

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/sonde-ml/sonde/gguf"
)

// Kind says what an op computes. It is the key of a [Numerics] table and of the selector "kind:…".
type Kind string

// The kinds of op. T tokens, C cached positions, H heads, G key-value heads, d head size,
// E experts, k experts used per token. FusedAttn reads K and V as the KV cache has them: they have no Data unless that is
// F32. Nobody but the numerics and a Stopwatch sees it.
const (
	Embed         Kind = "embed"          // ids [T] · table [V, D] → [T, D]
	RMSNorm       Kind = "rms_norm"       // x/√(mean(x²)+eps)·w, per row. arXiv 1910.07467
	MatMul        Kind = "linear"         // x·Wᵀ (+ bias)
	Rotate        Kind = "rope"           // [T, heads, d], rotary positions. arXiv 2104.09864
	AttnScores    Kind = "attn_scores"    // q [T, H, d], K [C, G, d] → q·k [H, T, C], before scale and mask
	AttnProbs     Kind = "attn_probs"     // softmax over the visible cells of scale·scores [H, T, C]
	AttnMix       Kind = "attn_mix"       // probs [H, T, C], V [C, G, d] → [T, H, d]
	FusedAttn     Kind = "attention"      // the three above in one, when nobody looks at them
	Sum           Kind = "add"            // a + b
	SwiGLU        Kind = "swiglu"         // silu(gate)·up. arXiv 2002.05202
	Softmax       Kind = "softmax"        // per row
	TopK          Kind = "top_k"          // indices of the k largest of a row, best first → ids [T, k]
	ExpertWeights Kind = "expert_weights" // probs of the chosen, renormalised → [T, k]
	ExpertMatMul  Kind = "expert_linear"  // row t, slot j · W[ids[t, j]]ᵀ → [T, k, out]
	ExpertSum     Kind = "expert_sum"     // Σ over k of weight·output → [T, D]
)

// Op is one step of a forward pass: everything that its result depends on, and the result.
//
// The fields that parametrise an op are set for the kinds that use them and zero otherwise.
// An Op that a hook receives belongs to the pass, which reuses it: use [Op.Clone] to keep one.
type Op struct {
	Name    string    // as in "blk.3.attn_q"
	Kind    Kind      //
	Layer   int       // number of the block, -1 outside
	In      []*Tensor //
	Weights []*Weight // the matrix or norm weight, then the bias if there is one
	Out     *Tensor   // the result; its shape is set before the op is computed

	Pos  []int32    // position of the token that each row belongs to
	Eps  float32    // RMSNorm
	RoPE *RoPE      // Rotate
	Attn *Attention // AttnScores, AttnProbs, AttnMix, FusedAttn

	work *workspace // threads and scratch memory of the session; nil for an op that is run alone
}

// Clone returns a copy of op that shares only the read-only weights and parameters with it.
func (op *Op) Clone() *Op {
	c := *op
	c.work = nil
	c.In = make([]*Tensor, len(op.In))
	for i, t := range op.In {
		c.In[i] = t.Clone()
	}
	c.Weights = append([]*Weight(nil), op.Weights...)
	c.Pos = append([]int32(nil), op.Pos...)
	c.Out = op.Out.Clone()
	return &c
}

// Func computes op.Out from the rest of op. Its error needs no mention of the op: the caller adds it.
type Func func(op *Op) error

// Run computes one op alone in the given numerics and returns its output, which is a new tensor:
// op itself is not changed. Inputs of the wrong number or shape are an error.
func Run(n *Numerics, op *Op) (*Tensor, error) {
	c := *op
	c.work = nil
	if op.Out == nil {
		return nil, &OpError{op.Name, op.Kind, errors.New("op has no output to take the shape from")}
	}
	if err := op.check(); err != nil {
		return nil, &OpError{op.Name, op.Kind, err}
	}
	c.Out = &Tensor{Shape: op.Out.Shape}
	if op.Out.IDs != nil {
		c.Out.IDs = make([]int32, op.Out.Len())
	} else {
		c.Out.Data = make([]float32, op.Out.Len())
	}
	if err := n.compute(&c); err != nil {
		return nil, &OpError{op.Name, op.Kind, err}
	}
	return c.Out, nil
}

// OpError is what went wrong in one op of a pass: in its computation, or in a hook on it.
type OpError struct {
	Op   string
	Kind Kind
	Err  error
}

func (e *OpError) Error() string { return fmt.Sprintf("op %s (%s): %v", e.Op, e.Kind, e.Err) }
func (e *OpError) Unwrap() error { return e.Err }

// PanicError is a panic in a hook or a replacement, caught so that the session stays usable.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap gives the value that was thrown, if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// guarded runs code that is not ours. It may read weights, whose file may be cut short.
func guarded(f Func, op *Op) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{v, debug.Stack()}
		}
	}()
	return gguf.Guard(func() error { return f(op) })
}
