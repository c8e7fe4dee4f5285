package token

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// entry is a metadata key with a value: a string, bool, uint32, []string, []float32 or []int32.
type entry struct {
	key   string
	value any
}

// metadata writes a GGUF file without tensors.
func metadata(entries []entry) []byte {
	var b bytes.Buffer
	put := func(v any) { binary.Write(&b, binary.LittleEndian, v) }
	text := func(s string) {
		put(uint64(len(s)))
		b.WriteString(s)
	}
	array := func(elem gguf.ValueType, n int) {
		put(gguf.TypeArray)
		put(elem)
		put(uint64(n))
	}
	b.WriteString("GGUF")
	put(uint32(3))
	put(uint64(0))
	put(uint64(len(entries)))
	for _, e := range entries {
		text(e.key)
		switch v := e.value.(type) {
		case string:
			put(gguf.TypeString)
			text(v)
		case bool:
			put(gguf.TypeBool)
			put(v)
		case uint32:
			put(gguf.TypeUint32)
			put(v)
		case []string:
			array(gguf.TypeString, len(v))
			for _, s := range v {
				text(s)
			}
		case []float32:
			array(gguf.TypeFloat32, len(v))
			put(v)
		case []int32:
			array(gguf.TypeInt32, len(v))
			put(v)
		}
	}
	return b.Bytes()
}

// tinyEntries is a vocabulary that can spell anything and has a few pieces of its own.
func tinyEntries(more ...entry) []entry {
	tokens := []string{"<unk>", "<s>", "</s>"}
	types := []int32{int32(TypeUnknown), int32(TypeControl), int32(TypeControl)}
	for b := range 256 {
		tokens = append(tokens, fmt.Sprintf("<0x%02X>", b))
		types = append(types, int32(TypeByte))
	}
	scores := make([]float32, len(tokens))
	for i, piece := range []string{"er", "lo", "low", "▁low", "▁", "e", "l", "o", "r", "w", "▁w", "語", "▁▁"} {
		tokens = append(tokens, piece)
		types = append(types, int32(TypeNormal))
		scores = append(scores, -float32(i))
	}
	return append([]entry{
		{"tokenizer.ggml.model", "llama"},
		{"tokenizer.ggml.tokens", tokens},
		{"tokenizer.ggml.scores", scores},
		{"tokenizer.ggml.token_type", types},
	}, more...)
}

// TinyFile is tinyEntries as a file, for the examples.
func TinyFile() (*gguf.File, error) {
	return gguf.OpenBytes("tiny.gguf", metadata(tinyEntries()))
}

// vocabOf makes a vocabulary of the tiny one's metadata and more; a key that is given again replaces the first.
func vocabOf(t testing.TB, entries []entry) (*Vocab, error) {
	t.Helper()
	last := map[string]any{}
	for _, e := range entries {
		last[e.key] = e.value
	}
	var unique []entry
	for _, e := range entries {
		if value, ok := last[e.key]; ok {
			unique = append(unique, entry{e.key, value})
			delete(last, e.key)
		}
	}
	f, err := gguf.OpenBytes("test.gguf", metadata(unique))
	if err != nil {
		t.Fatal(err)
	}
	return New(f)
}

func tiny(t testing.TB, more ...entry) *Vocab {
	t.Helper()
	v, err := vocabOf(t, tinyEntries(more...))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// pieces makes the entries of a vocabulary of normal tokens.
func pieces(texts ...string) []entry {
	return []entry{{"tokenizer.ggml.model", "llama"}, {"tokenizer.ggml.tokens", texts}}
}
