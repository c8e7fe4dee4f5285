package api

import (
	"fmt"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/engine/nn"
)

// What the functions of a plugin see. The types are those of the engine; a plugin needs no import but this package.
type (
	Op        = nn.Op        // a step of the pass: inputs, weights, parameters, output
	Kind      = nn.Kind      // what an op computes, such as "rms_norm"
	Tensor    = nn.Tensor    // float32 numbers or ids under a shape
	Weight    = nn.Weight    // a tensor of the file, quantised or not
	Linear    = nn.Linear    // a matrix with its bias
	Attention = nn.Attention // the geometry of an attention
	RoPE      = nn.RoPE      // rotary positions
	Pairing   = nn.Pairing   // which entries RoPE turns together
	Pass      = nn.Pass      // what a family's forward calls ops on
	Loader    = arch.Loader  // what a family takes numbers and weights from

	AliasTable = nn.AliasTable // foreign names of a family's ops
	AliasRule  = nn.AliasRule  // the foreign names of one op
)

// The two pairings of RoPE.
const (
	Neighbours = nn.Neighbours // (2i, 2i+1): GGUF's NORM
	Halves     = nn.Halves     // (i, i+dim/2): NEOX
)

// largest bounds the numbers of a tensor that a plugin makes, 1 GiB of them: more is a mistake, and would end the program.
const largest = 1 << 28

// NewTensor returns a tensor of zeros. It panics if a dimension is negative, or if there are more than 2^28 numbers.
func NewTensor(shape ...int) *Tensor {
	n := 1
	for _, d := range shape {
		if d < 0 || d > largest || n*d > largest {
			panic(fmt.Sprintf("NewTensor%v: want dimensions from 0 whose product is at most %d", shape, largest))
		}
		n *= d
	}
	return nn.NewTensor(shape...)
}

// NewWeight makes a weight of the numbers of t: what a Before hook puts in place of the file's.
func NewWeight(name string, t *Tensor) *Weight { return nn.FromTensor(name, t) }

// Exact computes op again, on its own inputs, in the exact numerics: what the output would be without rounding errors.
// op is not changed.
func Exact(op *Op) (*Tensor, error) { return nn.Run(nn.Exact, op) }

// NMSE returns Σ(got−ref)²/Σref², NaN where one holds a NaN or the shapes differ.
func NMSE(got, ref *Tensor) float64 { return nn.NMSE(got, ref) }

// PermutedQK returns the aliases of families whose query and key rows the converter permutes, llama among them.
func PermutedQK() AliasTable { return nn.PermutedQK() }
