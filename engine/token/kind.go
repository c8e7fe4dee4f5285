package token

// kind is a kind of tokenizer: a value of tokenizer.ggml.model.
type kind struct {
	words    string // what people call it
	empty    bool   // there is no tokenizer, and there are no tokens
	defaults defaults

	// check looks for what is wrong with metadata that only this kind has. May be nil.
	check func(*reader)

	// coder returns what cuts text into tokens. It is nil while nobody has written it.
	coder func(*table) coder
}

// defaults are what a kind assumes where the file says nothing. Without a token, an id is none.
type defaults struct {
	bos, eos, unknown      int32
	addBOS, addEOS, prefix bool // prefix: a space is put in front of text
}

// coder does what the kinds of tokenizers do each in their own way. Special tokens never reach it.
type coder interface {
	// encode appends the ids of text, a part of the whole without special tokens in it. The part is the first, or
	// follows a special token: parts in between are none.
	encode(ids []int32, text string) ([]int32, error)

	// piece returns the text of a token that is neither special nor user-defined.
	piece(id int32) string
}

// none is the id of a token that does not exist.
const none = -1

// kinds has the values of tokenizer.ggml.model that llama.cpp knows (August 2026).
var kinds = map[string]kind{
	"llama":      spmKind,
	"gpt2":       {words: "byte-level BPE", check: checkMerges},
	"gemma4":     {words: "BPE with byte tokens", check: checkMerges},
	"hybriddna":  {words: "BPE for DNA", check: checkMerges},
	"whitespace": {words: "BPE of words", check: checkMerges},
	"bert":       {words: "WordPiece"},
	"t5":         {words: "Unigram", check: checkCharsmap},
	"rwkv":       {words: "RWKV"},
	"plamo2":     {words: "PLaMo 2"},
	"none":       {empty: true, check: checkVocabSize},
	"no_vocab":   {empty: true, check: checkVocabSize},
}
