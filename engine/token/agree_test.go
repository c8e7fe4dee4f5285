package token

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// built are the vocabularies of the kinds that can be used.
var built = []string{"llama-spm", "phi-3"}

var bare = EncodeOptions{BOS: Never, EOS: Never}

// agree compares what v makes of one text with what llama.cpp made of it.
func agree(t *testing.T, v *Vocab, line recorded) {
	t.Helper()
	ids, err := v.Encode(line.Text, bare)
	if err != nil || !slices.Equal(ids, line.IDs) {
		t.Errorf("Encode(%q) = %d, %v, want %d", line.Text, ids, err, line.IDs)
	}
	ids, err = v.Encode(line.Text, EncodeOptions{ParseSpecial: true})
	if err != nil || !slices.Equal(ids, line.IDsSpecial) {
		t.Errorf("Encode(%q) with special tokens = %d, %v, want %d", line.Text, ids, err, line.IDsSpecial)
	}
	text, err := v.Decode(line.IDs, DecodeOptions{})
	if err != nil || text != line.Detok {
		t.Errorf("Decode(%d) = %q, %v, want %q", line.IDs, text, err, line.Detok)
	}
	text, err = v.Decode(line.IDsSpecial, DecodeOptions{ShowSpecial: true, TrimAdded: true})
	if err != nil || text != line.DetokSpecial {
		t.Errorf("Decode(%d) with special tokens = %q, %v, want %q", line.IDsSpecial, text, err, line.DetokSpecial)
	}
}

func TestEveryRecordedTextAgrees(t *testing.T) {
	for _, name := range built {
		t.Run(name, func(t *testing.T) {
			v := vocab(t, vocabPath(name))
			fixtures.Lines(t, "vocabs/"+name+".extra.jsonl", func(_ int, line recorded) {
				agree(t, v, line)
				pieces, err := v.Pieces(line.IDs)
				if err != nil || len(pieces) != len(line.Pieces) {
					t.Fatalf("Pieces(%d) = %q, %v, want %d pieces", line.IDs, pieces, err, len(line.Pieces))
				}
				for i, want := range line.Pieces {
					if pieces[i] != string(want) {
						t.Errorf("Piece(%d) = %q, want %q", line.IDs[i], pieces[i], want)
					}
				}
			})
		})
	}
}

// The vocabulary tests of the llama.cpp repository: texts in one file, a line of ids for each in another.
func TestUpstreamVocabularyTests(t *testing.T) {
	for _, name := range built {
		t.Run(name, func(t *testing.T) {
			v := vocab(t, vocabPath(name))
			texts := strings.Split(readText(t, "vocabs/"+name+".inp"), "\n__ggml_vocab_test__\n")
			wants := strings.Split(readText(t, "vocabs/"+name+".out"), "\n")
			const upstream = 46
			if len(texts) < upstream || len(wants) < upstream {
				t.Fatalf("%d texts and %d lines of ids, want at least %d", len(texts), len(wants), upstream)
			}
			for i, text := range texts[:upstream] {
				var want []int32
				for _, field := range strings.Fields(wants[i]) {
					id, err := strconv.Atoi(field)
					if err != nil {
						t.Fatal(err)
					}
					want = append(want, int32(id))
				}
				if ids, err := v.Encode(text, bare); err != nil || !slices.Equal(ids, want) {
					t.Errorf("Encode(%q) = %d, %v, want %d", text, ids, err, want)
				}
			}
		})
	}
}

func readText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(fixtures.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// with sets the header as if the file said something else.
func (v *Vocab) with(t *testing.T, override map[string]any) *Vocab {
	t.Helper()
	for key, value := range override {
		switch key {
		case keyPrefix + "add_bos_token":
			v.head.addBOS = value.(bool)
		case keyPrefix + "add_eos_token":
			v.head.addEOS = value.(bool)
		case keyPrefix + "add_space_prefix":
			v.head.prefix = value.(bool)
		case "general.name":
			v.head.hints.name = value.(string)
		default:
			t.Fatalf("a variant overrides %s", key)
		}
	}
	return v
}

func TestVariantsOfTheMetadataAgree(t *testing.T) {
	vocabs := map[string]*Vocab{}
	compared := 0
	fixtures.Lines(t, "vocabs/variants.jsonl", func(_ int, line recorded) {
		if !slices.Contains(built, line.Vocab) {
			return
		}
		key, _ := json.Marshal([]any{line.Vocab, line.Override})
		v := vocabs[string(key)]
		if v == nil {
			v = vocab(t, vocabPath(line.Vocab)).with(t, line.Override)
			vocabs[string(key)] = v
		}
		agree(t, v, line)
		compared++
	})
	if compared < 4*32 {
		t.Errorf("%d lines compared, want those of 4 variants, 32 texts each", compared)
	}
}

func TestGreedyRunsAgree(t *testing.T) {
	var greedy struct {
		Cases []struct {
			Model, Prompt, Text string
			IDs, Greedy         []int32
		}
	}
	if err := json.Unmarshal([]byte(readText(t, "greedy.json")), &greedy); err != nil {
		t.Fatal(err)
	}
	for _, c := range greedy.Cases {
		v := vocab(t, "models/"+c.Model)
		if ids, err := v.Encode(c.Prompt, EncodeOptions{}); err != nil || !slices.Equal(ids, c.IDs) {
			t.Errorf("%s: Encode(%q) = %d, %v, want %d", c.Model, c.Prompt, ids, err, c.IDs)
		}
		all := append(slices.Clone(c.IDs), c.Greedy...)
		text, err := v.Decode(all, DecodeOptions{TrimAdded: true})
		text = string([]rune(text)) // the record has U+FFFD for every byte that is no UTF-8
		if err != nil || text != c.Text {
			t.Errorf("%s: Decode = %q, %v, want %q", c.Model, text, err, c.Text)
		}
	}
}

// Models of all families carry a vocabulary; those of a kind that can be used have nothing odd about them.
func TestModelsHaveVocabularies(t *testing.T) {
	usable := 0
	for _, path := range append(fixtures.Glob(t, "models/*.gguf"), fixtures.Glob(t, "vocabs/*.gguf")...) {
		v, err := New(openPath(t, path))
		if errors.Is(err, ErrUnsupportedKind) && len(flatten(err)) == 1 {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if w := v.Warnings(); len(w) > 0 || v.Check() != nil {
			t.Errorf("%s: warnings %v, error %v", path, w, v.Check())
		}
		usable++
	}
	if usable < 20 {
		t.Errorf("%d vocabularies are usable, want at least 20", usable)
	}
}

// flatten returns the single errors that err joins.
func flatten(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 0 {
		if _, single := err.(*gguf.Error); !single {
			var list []error
			for _, e := range joined.Unwrap() {
				list = append(list, flatten(e)...)
			}
			return list
		}
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
