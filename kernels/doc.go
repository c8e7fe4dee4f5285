// Package kernels is the arithmetic on slices: products, norms, softmax, rotary positions and the
// pool of workers that shares them out. It knows numbers and block formats, and no models.
//
// The code here is plain Go, the specification of every faster version. Slices are rows of
// float32, contiguous; dimensions are given outermost first. Results never depend on the number
// of workers, because each output is computed whole by one of them, in one documented order.
//
//	y := make([]float32, 1)
//	y[0] = kernels.Dot(row, x) // Σ row[i]·x[i]
//
// What it does not do: choose numerics, keep a KV cache, or name ops; that is package nn.
package kernels

//go:generate go -C gen run . -o ..
