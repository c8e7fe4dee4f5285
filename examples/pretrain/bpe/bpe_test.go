package bpe

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/examples/pretrain/corpus"
	"github.com/sonde-ml/sonde/gguf"
)

func stories(t *testing.T, n int) []string {
	t.Helper()
	c, err := corpus.New(1)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := range uint64(n) {
		out = append(out, c.Story(i))
	}
	return out
}

func count(texts []string) Words {
	w := Words{}
	for _, s := range texts {
		w.Add(s)
	}
	return w
}

// tokenizer writes v to a file and opens it with Sonde's own tokenizer.
func tokenizer(t *testing.T, v *Vocab) *token.Vocab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vocab.gguf")
	w := gguf.Create(t.Context(), path)
	defer w.Abort()
	w.Set("general.architecture", gguf.ValueOf("llama"))
	v.Write(w)
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	out, err := token.New(f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTokenizerJoinsAsTrainingDid(t *testing.T) {
	texts := stories(t, 400)
	counts := count(texts)
	v := Train(counts, 512)
	if got, want := v.Len(), 512; got != want {
		t.Fatalf("got %d tokens, want %d", got, want)
	}
	tr := &trainer{rank: map[string]int{}}
	for i, piece := range v.Joined {
		tr.rank[piece] = i
	}
	tok := tokenizer(t, v)
	for text := range counts {
		bare, spaced := strings.CutPrefix(text, space)
		if !spaced {
			continue // the tokenizer would put a space in front
		}
		w := &word{pieces: characters(text)}
		tr.join(w)
		ids, err := tok.Encode(bare, token.EncodeOptions{BOS: token.Never})
		if err != nil {
			t.Fatal(err)
		}
		var want []int32
		for _, piece := range w.pieces {
			id, _ := tok.ID(piece)
			want = append(want, id)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%q: got ids %d, want %d (%q)", text, ids, want, w.pieces)
		}
	}
}

func TestTextComesBack(t *testing.T) {
	tok := tokenizer(t, Train(count(stories(t, 200)), 512))
	for _, s := range append(stories(t, 50), "Größe, 日本 & 3 % \n\t\x00\xff", "  two  spaces ") {
		ids, err := tok.Encode(s, token.EncodeOptions{BOS: token.Never})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tok.Decode(ids, token.DecodeOptions{}); err != nil || got != s {
			t.Errorf("got %q, %v, want %q", got, err, s)
		}
	}
}
