// Package arch holds the model families: what their weights are called, what shape they have, which numbers
// of the metadata matter, and how the forward pass goes. One file a family; llama.go is the one to read first.
//
// A family is a struct of weights and numbers with a Forward method ([Network]) and a function that fills it
// ([Build]). Weights are bound by the tags of their fields:
//
//	Q nn.Linear `gguf:"attn_q [heads*head_dim, embd]"`
//
// which asks for the tensor attn_q.weight of that shape, with attn_q.bias where the file has one, under the names
// that Build puts into [Loader.Dims]. Everything that is wrong with a file as a model is reported at once; what the
// family does not use is warned of; what would change the result and is not known is refused.
//
// To add a family: write its file, add a line to [Families]. A plugin can do the same from outside.
// The package computes nothing and knows no bytes.
package arch
