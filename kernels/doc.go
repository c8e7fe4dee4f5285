// Package kernels is the arithmetic on slices: products, norms, softmax, rotary positions and the
// pool of workers that shares them out. It knows numbers and block formats, and no models.
//
// Plain Go is the specification of every faster version; assembly for AVX2 and AVX-512, which gen writes, is chosen when the
// program starts (see [At] for others). Slices are rows of float32, contiguous; dimensions are given outermost first. Results
// never depend on the number of workers, because each output is computed whole by one of them, in one documented order.
// Products with block-quantised weights have the same bits at every level and for any number of tokens.
//
// Norms, activations, [Add] and [Hadamard] work on len(dst) numbers; their other operands may be longer, and they panic where
// one is shorter. Products return an error instead, unless the lengths are those of the matrix. What is not finite goes
// through as in the formula: NaN in a row makes all of its norm or its softmax NaN, and silu(−Inf), which is −Inf·0, is NaN.
//
//	m, err := kernels.NewMatrix(gguf.Q4_K, rows, cols, tensor.Bytes())
//	err = m.Mul(y, x) // y [tokens, rows] = x [tokens, cols] · mᵀ
//
// What it does not do: choose numerics, keep a KV cache, or name ops; that is package nn.
package kernels

//go:generate go -C gen run . -o ..
