// Package quant knows the block formats of ggml: how numbers are packed into the bytes of a GGUF tensor.
package quant
