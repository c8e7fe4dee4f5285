// Package token turns text into token ids and back, as the tokenizer in a GGUF file says.
//
// A [Vocab] is read from the metadata of an opened file. To open it costs next to nothing: the tables of tokens are
// built when they are first needed, and then what is wrong with them is reported, all of it at once.
//
//	f, err := gguf.Open("model.gguf")
//	v, err := token.New(f)
//	ids, err := v.Encode("Once upon a time", token.EncodeOptions{}) // [1 403 407 261 378], with the file's BOS
//	text, err := v.Decode(ids[1:], token.DecodeOptions{})           // "Once upon a time"
//
// Ids are those of llama.cpp (August 2026) for the same file and text, odd corners included: text may hold any bytes,
// and what is no UTF-8 passes through byte tokens.
//
// How text is cut into tokens is a matter of the tokenizer's kind, tokenizer.ggml.model. One file of the package serves
// one kind; so far that is spm.go for "llama", SentencePiece's BPE by scores. The other kinds are refused by name
// with [ErrUnsupportedKind]. The package neither runs models nor renders chat templates, and it does not compare the
// vocabulary with the model's embeddings: whoever binds the weights does.
package token
