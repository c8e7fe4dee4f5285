// Package audit says what is in a GGUF file: its metadata and tensors, and what is odd about it.
//
//	r, err := audit.Inspect("model.gguf")
//	fmt.Println(r.Model.Architecture, len(r.Tensors), r.BitsPerWeight)
//
// It looks at files that no model loader would take, too: that is the file that one wants to look at. Sizes are in bytes,
// shapes outermost first, offsets from byte 0 of the file. The package runs no model.
package audit
