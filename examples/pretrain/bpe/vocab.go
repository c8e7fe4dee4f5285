package bpe

import (
	"fmt"

	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/gguf"
)

// Ids of the special tokens, those of Llama.
const (
	Unknown = 0
	BOS     = 1
	EOS     = 2

	specials = 3
	reserved = specials + 256
)

// Vocab is a vocabulary: reserved tokens, then Joined, then Single.
type Vocab struct {
	Joined []string // the piece joined first stands first
	Single []string // characters, the most frequent first
}

// Len returns the number of tokens.
func (v *Vocab) Len() int { return reserved + len(v.Joined) + len(v.Single) }

// Write sets the metadata of the tokenizer, tokenizer.ggml.*.
func (v *Vocab) Write(w *gguf.Writer) {
	texts := []string{"<unk>", "<s>", "</s>"}
	types := []int32{int32(token.TypeUnknown), int32(token.TypeControl), int32(token.TypeControl)}
	scores := make([]float32, reserved, v.Len())
	for b := range 256 {
		texts = append(texts, fmt.Sprintf("<0x%02X>", b))
		types = append(types, int32(token.TypeByte))
	}
	for i, piece := range append(v.Joined[:len(v.Joined):len(v.Joined)], v.Single...) {
		texts = append(texts, piece)
		types = append(types, int32(token.TypeNormal))
		scores = append(scores, -float32(i))
	}
	set := func(key string, value gguf.Value) { w.Set("tokenizer.ggml."+key, value) }
	set("model", gguf.ValueOf("llama"))
	set("pre", gguf.ValueOf("default"))
	set("tokens", gguf.ArrayOf(texts))
	set("scores", gguf.ArrayOf(scores))
	set("token_type", gguf.ArrayOf(types))
	set("bos_token_id", gguf.ValueOf(uint32(BOS)))
	set("eos_token_id", gguf.ValueOf(uint32(EOS)))
	set("unknown_token_id", gguf.ValueOf(uint32(Unknown)))
	set("add_bos_token", gguf.ValueOf(true))
	set("add_eos_token", gguf.ValueOf(false))
	set("add_space_prefix", gguf.ValueOf(true))
}
