// Package audit says what is in a GGUF file: its metadata and tensors, the numbers in them, and what is odd about it.
//
//	r, err := audit.Inspect("model.gguf")                            // metadata and the list of tensors
//	stats, err := audit.Stats(ctx, f, audit.Options{})                // of each tensor's weights
//	shown, err := audit.Show(ctx, f, "output.weight", audit.ShowOptions{}) // values beside their bytes
//	found, err := audit.Doctor(ctx, f, audit.Options{})               // what is wrong or suspicious
//	d, err := audit.Diff(ctx, f, g, audit.Options{})                  // how two files differ
//
// It looks at files that no model loader would take, too: that is the file that one wants to look at. Sizes are in bytes,
// shapes outermost first, offsets from byte 0 of the file; rows are those of a tensor as a matrix of all its leading
// dimensions by the innermost one. Files are streamed, larger than memory or not, by as many threads as one wants with
// the same result, and a file that is cut short meanwhile is an error. What the structs are in JSON is what the commands
// of the same names print.
//
// The package runs no model and judges no outputs: a weight that is unusual is not wrong.
package audit
