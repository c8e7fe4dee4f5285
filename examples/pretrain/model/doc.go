// Package model is a llama model that can be trained: forward and backward pass, written by hand.
//
// The unit of data is a [Batch]: the tokens of whole stories, laid end to end. Linear layers and norms see one long
// list of N tokens; attention stays inside each story, where positions begin at 0. So nothing is padded or cut.
//
//	p := model.NewParams[float32](config)
//	p.Init(seed)
//	run := model.NewRun[float32](config, threads)
//	loss := run.Loss(p, batch)      // mean cross-entropy per token, in nats
//	run.Backward(p, grads, batch)   // adds dloss/dparams to grads
//
// Every forward step stands beside its backward step: linear.go, norm.go, rope.go, attention.go, swiglu.go, loss.go;
// run.go calls them in the order of the paper's figure, and then in reverse. Shapes are outermost first; weights are
// [outputs, inputs], as in a GGUF file. The float type is a parameter: float32 trains, and float64 lets a test compare
// gradients with finite differences.
//
// Results do not depend on the number of threads: each output is computed whole by one of them, and sums over tokens
// have one order. It knows nothing about text, optimisers and files.
//
// Llama: arXiv 2302.13971. RMSNorm: 1910.07467. RoPE: 2104.09864. Grouped queries: 2305.13245. SwiGLU: 2002.05202.
package model
