// Package convert makes GGUF files out of GGUF files, or out of nothing: quantised models, and synthetic ones for
// benchmarks.
//
//	f, err := gguf.Open("model-f16.gguf")
//	r, err := convert.Quantize(ctx, f, "model-q4_k_m.gguf", convert.QuantizeOptions{Type: "q4_k_m"})
//	fmt.Println(r.Bytes, r.Types["Q6_K"].Tensors)
//
//	r, err = convert.Synth(ctx, "bench.gguf", convert.SynthOptions{Like: "tinyllama", Type: "q8_0", Seed: 1})
//
// The unit is the tensor: a mixture says which type each gets, package quant how its numbers become blocks. Files
// are streamed, appear whole or not at all, and do not depend on the number of threads. Mixtures are those of
// llama.cpp's llama-quantize, importance matrices those of its llama-imatrix.
//
// The package makes no importance matrices, changes no shapes or names, and splits no files.
package convert
