// Package nn runs a model's forward pass as a list of named ops.
//
// A family (package engine/arch) writes its Forward as calls on a [Pass], in the order in which
// the paper draws them:
//
//	h := p.RMSNorm("attn_norm", x, b.AttnNorm, m.Eps)
//	q := p.RoPE("attn_q_rope", p.Linear("attn_q", h, b.Q), m.Rope)
//
// Each call describes one [Op] (name, kind, inputs, weights, parameters, output) and hands it to
// one function, Pass.do, which runs hooks before, computes or replaces, and runs hooks after.
// Reading, editing, replacing, recording and cancelling all happen there and nowhere else,
// so what a plugin sees, what a trace holds and what a patch changes is the same op.
//
// What an op computes is looked up in a [Numerics], a table from op kind to function:
// [Exact] is the judge (float64, rounded once per op), [Fast] is the worker. Any op can be run
// alone, on any inputs, in either: [Run].
//
// The unit of data is [Tensor]: float32, outermost dimension first, rows contiguous. Weights stay as they lie in the file
// ([Weight]) and are decoded where they are used, but for the block-quantised matrices of Fast: of those it multiplies the
// integers, by activations that it rounds to bytes. Keys and values lie in a [Cache], as float32 or rounded to another type.
//
// To add an op: a Kind, a method on Pass that fills an Op, a function in each numerics table and
// a line in the alias table. The package knows no model family, no file layout and no tokens' text.
package nn
