package token

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

func TestJoiningFollowsTheScores(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		tokens     string // ids from 3 on; the scores fall from one to the next
		want       string
	}{
		{"best score first", "abc", "bc ab a b c ▁", "▁ a bc"},
		{"leftmost of equals", "aaa", "aa a ▁", "▁ aa a"},
		{"joins build on joins", "abcd", "ab abc abcd a b c d ▁", "▁ abcd"},
		{"a token that no joins lead to", "abcd", "abcd a b c d ▁", "▁ a b c d"},
		{"words do not join", "a a", "▁a a ▁", "▁a ▁a"},
		{"unless a token does", "a a", "a▁ a▁a ▁ a", "▁ a▁a"},
		{"spaces join", "a  a", "▁▁ ▁a a ▁", "▁a ▁▁ a"},
		{"a space of its own", " a", "▁a a ▁", "▁ ▁a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			texts := append([]string{"<unk>", "<s>", "</s>"}, strings.Fields(tt.tokens)...)
			scores := make([]float32, len(texts))
			for i := range scores {
				scores[i] = -float32(i)
			}
			v, err := vocabOf(t, append(pieces(texts...), entry{"tokenizer.ggml.scores", scores}))
			if err != nil {
				t.Fatal(err)
			}
			ids, err := v.Encode(tt.text, bare)
			var got []string
			for _, id := range ids {
				got = append(got, texts[id])
			}
			if err != nil || strings.Join(got, " ") != tt.want {
				t.Errorf("Encode(%q) = %q, %v, want %q", tt.text, got, err, tt.want)
			}
		})
	}
}

// mixed returns n bytes of words, spaces, ▁ and bytes that are no UTF-8.
func mixed(n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	parts := []string{"lower", "low", "er", " ", "  ", "▁", "語", "é", "\xe9", "\xf0\x9f", "\xe2\x96", "\x81", "<s>", "x\n"}
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(parts[r.IntN(len(parts))])
	}
	return b.String()
}

// Cutting a text into stretches is a matter of speed only.
func TestStretchesAndTheWholeGiveTheSameIDs(t *testing.T) {
	v := tiny(t)
	table, err := v.load()
	if err != nil {
		t.Fatal(err)
	}
	var all neighbours
	for i := range all {
		all[i] = 1<<64 - 1
	}
	stretches, whole := spm{table, neighboursIn(table.texts)}, spm{table, &all}
	for seed := range uint64(300) {
		text := mixed(int(seed), seed)
		got, err1 := stretches.encode(nil, text)
		want, err2 := whole.encode(nil, text)
		if err1 != nil || err2 != nil || !slices.Equal(got, want) {
			t.Fatalf("encode(%q) = %d, %v, want %d, %v", text, got, err1, want, err2)
		}
	}
}

func TestTextIsCutWhereNoTokenJoins(t *testing.T) {
	n := neighboursIn([]string{"▁lo", "low", "▁▁", "語"})
	for _, tt := range []struct{ text, want string }{
		{"▁low▁low", "▁low"},
		{"▁▁▁low", "▁▁▁low"},
		{"語語", "語"},
		{"lx", "l"},
		{"l", "l"},
		{"\xe9▁lo", "\xe9\xe2\x96"}, // the bytes of a character that claims to have three
	} {
		if got := n.stretch(tt.text); got != tt.want {
			t.Errorf("stretch(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

// sameBytes reports whether two texts are the same but for ▁, which a file has for a space.
func sameBytes(a, b string) bool {
	return strings.ReplaceAll(a, space, " ") == strings.ReplaceAll(b, space, " ")
}

func FuzzTokenizer(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(mixed(int(seed*3), seed))
	}
	v := tiny(f)
	f.Fuzz(func(t *testing.T, text string) {
		ids, err := v.Encode(text, bare)
		if err != nil {
			t.Fatal(err)
		}
		back, err := v.Decode(ids, DecodeOptions{})
		if err != nil || !sameBytes(back, text) {
			t.Fatalf("Decode(Encode(%q)) = %q, %v", text, back, err)
		}
		streamed := stream(t, v, ids)
		if want := streamed[min(len(streamed), 1):]; want != back { // the stream keeps the space in front
			t.Fatalf("streamed %q, decoded %q", want, back)
		}
	})
}

// stream decodes ids one by one and checks that no character is cut.
func stream(t *testing.T, v *Vocab, ids []int32) string {
	t.Helper()
	s := v.Stream()
	var b strings.Builder
	ends := map[int]bool{} // of what the stream gave out
	for _, id := range ids {
		text, err := s.Next(id)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(text)
		ends[b.Len()] = true
	}
	b.WriteString(s.Flush())
	for i, r := range b.String() {
		for inside := i + 1; inside < i+utf8.RuneLen(r) && r != utf8.RuneError; inside++ {
			if ends[inside] {
				t.Fatalf("the stream cut %q at byte %d of %q", r, inside, b.String())
			}
		}
	}
	return b.String()
}

// FuzzNew gives any metadata to New, and uses what it accepts.
func FuzzNew(f *testing.F) {
	f.Add(metadata(tinyEntries()), "lower <s>")
	f.Add(metadata(pieces("a", "", "\xff", "a▁")), "a a")
	f.Add(metadata([]entry{{"tokenizer.ggml.model", "gpt2"}, {"tokenizer.ggml.merges", []string{"a b", "c"}}}), "")
	if dir := fixtures.Dir(); dir != "" {
		paths, err := filepath.Glob(filepath.Join(dir, "malformed", "T*.gguf"))
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b, "abc <s> é")
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		g, err := openBytes(file)
		if err != nil {
			return
		}
		v, err := New(g)
		if err != nil {
			return
		}
		v.Warnings()
		ids, err := v.Encode(text, EncodeOptions{ParseSpecial: true})
		if err != nil {
			return
		}
		if _, err := v.Decode(ids, DecodeOptions{ShowSpecial: true}); err != nil {
			t.Errorf("Decode(Encode(%q)): %v", text, err)
		}
	})
}

func TestStreamAgreesWithDecode(t *testing.T) {
	for _, name := range built {
		v := vocab(t, vocabPath(name))
		fixtures.Lines(t, "vocabs/"+name+".extra.jsonl", func(_ int, line recorded) {
			want := ""
			for _, piece := range line.Pieces {
				want += string(piece)
			}
			s := v.Stream()
			s.ShowSpecial = true
			got := ""
			for _, id := range line.IDs {
				text, err := s.Next(id)
				if err != nil {
					t.Fatal(err)
				}
				got += text
			}
			if got += s.Flush(); got != want {
				t.Errorf("streamed %q, want %q", got, want)
			}
		})
	}
}
