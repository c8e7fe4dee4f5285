package convert

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

// Kinds of tokens, as tokenizer.ggml.token_type has them.
const (
	normalToken  = 1
	unknownToken = 2
	controlToken = 3
	byteToken    = 6
)

// space stands for a blank in the pieces of SentencePiece.
const space = "▁"

// vocabulary returns the metadata of a SentencePiece vocabulary of n tokens: unknown, begin and end of text, the bytes,
// letters in all orders as far as there is room, with and without a blank in front, and the characters of ASCII. Each
// longer piece is a shorter one and a letter, so that merging finds it. n must be at least 512.
func vocabulary(n int) []gguf.KV {
	tokens, kinds := []string{"<unk>", "<s>", "</s>"}, []int32{unknownToken, controlToken, controlToken}
	for b := range 256 {
		tokens, kinds = append(tokens, fmt.Sprintf("<0x%02X>", b)), append(kinds, byteToken)
	}
	characters := characters()
	pieces := append(longPieces(n-len(tokens)-len(characters)), characters...)
	scores := make([]float32, len(tokens), n)
	for i, p := range pieces {
		tokens, kinds, scores = append(tokens, p), append(kinds, normalToken), append(scores, -float32(i))
	}
	return []gguf.KV{
		textKV("tokenizer.ggml.model", "llama"),
		textKV("tokenizer.ggml.pre", "default"),
		{Key: "tokenizer.ggml.tokens", Value: gguf.ArrayOf(tokens)},
		{Key: "tokenizer.ggml.scores", Value: gguf.ArrayOf(scores)},
		{Key: "tokenizer.ggml.token_type", Value: gguf.ArrayOf(kinds)},
		uint32KV("tokenizer.ggml.bos_token_id", 1),
		uint32KV("tokenizer.ggml.eos_token_id", 2),
		uint32KV("tokenizer.ggml.unknown_token_id", 0),
		{Key: "tokenizer.ggml.add_bos_token", Value: gguf.ValueOf(true)},
		{Key: "tokenizer.ggml.add_eos_token", Value: gguf.ValueOf(false)},
		{Key: "tokenizer.ggml.add_space_prefix", Value: gguf.ValueOf(true)},
	}
}

// characters are the pieces of one character: the blank and what else can be seen of ASCII.
func characters() []string {
	list := []string{space}
	for c := '!'; c <= '~'; c++ {
		list = append(list, string(c))
	}
	return list
}

// longPieces returns n pieces of more than one character, short ones and frequent letters first.
func longPieces(n int) []string {
	const letters = "etaoinshrdlcumwfgypbvkjxqz" // by their frequency in English
	pieces := []string{space}
	for _, c := range letters {
		pieces = append(pieces, string(c))
	}
	single := len(pieces)
	for i := 0; ; i++ {
		for _, c := range letters {
			if len(pieces) == single+n {
				return pieces[single:]
			}
			pieces = append(pieces, pieces[i]+string(c))
		}
	}
}
