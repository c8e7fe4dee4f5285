// Package trace records what a model computes, op by op, in a safetensors file, reads such files, and
// compares two of them.
//
// The file, in twenty lines: eight bytes, little-endian, length n of the header; n bytes of JSON; the data.
// The header maps each key to {"dtype", "shape", "data_offsets": [begin, end]}, offsets counted from the first
// byte of data, shapes outermost first, rows contiguous, numbers little-endian (F32; ids are I32).
// Tensors follow each other in execution order, without holes. "__metadata__" maps strings to strings:
//
//	order       JSON list of the keys in execution order
//	tokens, positions, prompt, batches    what ran: ids, their positions, the text, the ids cut into batches
//	ops         JSON object: key → kind of op ("rms_norm"; in a file with llama.cpp's names its op, "MUL")
//	aliases     JSON object: key → {"llama.cpp", "hf", "transformer_lens"}, the names that others use
//	model, numerics, n_ctx, kv, flash_attn, names    the conditions of the run
//
// A key is the name of an op, such as blk.3.attn_q; keys of the second, third … batch end in @1, @2 …
// In a file with llama.cpp's names the n-th node of one name within a batch has #n: Qcur-0#2 is the roped query.
// Forbidden, and refused when reading: a header longer than the file, data out of bounds or overlapping, a size that
// does not fit dtype and shape, a key twice.
//
// Spec: https://github.com/huggingface/safetensors. The package runs no model: it is handed ops.
package trace
