package token

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
)

// Checks of metadata that belongs to kinds which nobody has written yet: such a file is refused anyway, but all that
// is wrong with it is said at once.

// preNames has the values of tokenizer.ggml.pre that llama.cpp knows (August 2026).
var preNames = strings.Fields(`a.x-4.0 afmoe bailingmoe bailingmoe2 bloom chameleon chatglm-bpe codeshell cohere2moe command-r dbrx
	deepseek-coder deepseek-llm deepseek-r1-qwen deepseek-v3 default exaone exaone-moe exaone4 f2llmv2 falcon
	falcon-h1 falcon3 gemma4 gigachat glm4 gpt-2 gpt-4o gpt3-finnish granite-docling granite-embed-multi-311m
	granite-embed-multi-97m grok-2 hunyuan hunyuan-dense jais jais-2 jina-de jina-es jina-v1-en jina-v2-code
	jina-v2-de jina-v2-es jina-v5-nano joyai-llm kanana2 kimi-k2 kormo laguna lfm2 llada-moe llama-bpe llama-v3
	llama3 llama4 megrez mellum mellum2 midm-2.0 minerva-7b minicpm5 minimax-m2 modern-bert mpt olmo phi-2 pixtral
	poro-chat qwen2 qwen35 refact roberta-bpe sarvam-moe seed-coder smaug-bpe smollm solar-open stablelm2
	starcoder superbpe talkie tekken tiny_aya trillion viking whitespace youtu`)

// checkMerges checks the merges of a BPE vocabulary: two pieces with one space between, and no spaces in them.
func checkMerges(r *reader) {
	if v, ok := r.file.Lookup(keyPrefix + "pre"); ok {
		pre, isText := v.Text()
		if isText && pre != "" && !slices.Contains(preNames, pre) {
			r.problem(ErrUnknownKind, keyPrefix+"pre", v.Offset(), escape.Quote(pre), `a known way to cut text into words, such as "gpt-2"`, "the file may be newer than this program")
		}
	}
	v := r.array(keyPrefix+"merges", gguf.TypeString)
	at := v.Offset() + 12
	for i, merge := range v.Strings() {
		left, right, _ := strings.Cut(merge, " ")
		if left == "" || right == "" || strings.Contains(right, " ") {
			r.problem(ErrBadMerge, keyPrefix+"merges", at, fmt.Sprintf("merge %d is %s", i, escape.Quote(merge)), "two pieces with a space between", "")
		}
		at += 8 + int64(len(merge))
	}
}

// checkCharsmap checks the normalisation table of a Unigram vocabulary: the size of a trie, its u32 units, and
// replacement texts of which each ends in a NUL.
func checkCharsmap(r *reader) {
	const key = keyPrefix + "precompiled_charsmap"
	v, ok := r.file.Lookup(key)
	if !ok {
		return
	}
	bytes, ok := v.Ints()
	if elem := v.Elem(); !ok || elem != gguf.TypeInt8 && elem != gguf.TypeUint8 {
		r.wrongType(key, v, "array of u8")
		return
	}
	bad := func(seen, want string) { r.problem(ErrBadCharsmap, key, v.Offset()+4, seen, want, "") }
	if len(bytes) < 4 {
		bad(fmt.Sprintf("%d bytes", len(bytes)), "at least 4")
		return
	}
	var head [4]byte
	for i := range head {
		head[i] = byte(bytes[i])
	}
	size, room := binary.LittleEndian.Uint32(head[:]), len(bytes)-4
	switch {
	case int64(size) > int64(room) || size%4 != 0 || size == 0:
		bad(fmt.Sprintf("a trie of %d bytes", size), fmt.Sprintf("whole units of 4 in the %d bytes that there are", room))
	case bytes[len(bytes)-1] != 0:
		bad("the last text has no end", "a NUL behind every text")
	}
}

// checkVocabSize checks the number of tokens of a model without a tokenizer.
func checkVocabSize(r *reader) {
	key := r.text("general.architecture", true) + ".vocab_size"
	v, ok := r.file.Lookup(key)
	if !ok {
		r.missing(key)
		return
	}
	if n, ok := v.Uint(); !ok || n < 1 || n > math.MaxInt32 {
		r.problem(gguf.ErrBadValue, key, v.Offset(), fmt.Sprint(v.Any(0)), "1 to 2147483647 tokens, since ids have 31 bits", "")
	}
}
