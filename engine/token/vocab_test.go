package token

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

func TestTinyVocabularyIsFine(t *testing.T) {
	v := tiny(t)
	if err, w := v.Check(), v.Warnings(); err != nil || len(w) > 0 {
		t.Fatalf("error %v, warnings %v", err, w)
	}
	if v.Kind() != "llama" || v.Len() != 272 || !v.AddsBOS() || v.AddsEOS() {
		t.Errorf("kind %q, %d tokens, BOS %v, EOS %v, want llama, 272, true, false", v.Kind(), v.Len(), v.AddsBOS(), v.AddsEOS())
	}
}

func TestChoiceOverrulesTheFile(t *testing.T) {
	for _, tt := range []struct {
		name             string
		fileBOS, fileEOS bool
		bos, eos         Choice
		want             []int32
	}{
		{"as the file", true, false, AsFile, AsFile, []int32{1, 262}},
		{"as another file", false, true, AsFile, AsFile, []int32{262, 2}},
		{"always", false, false, Always, Always, []int32{1, 262, 2}},
		{"never", true, true, Never, Never, []int32{262}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := tiny(t, entry{"tokenizer.ggml.add_bos_token", tt.fileBOS}, entry{"tokenizer.ggml.add_eos_token", tt.fileEOS})
			ids, err := v.Encode("low", EncodeOptions{BOS: tt.bos, EOS: tt.eos})
			if err != nil || !slices.Equal(ids, tt.want) {
				t.Errorf("Encode = %d, %v, want %d", ids, err, tt.want)
			}
		})
	}
}

func TestBOSThatDoesNotExist(t *testing.T) {
	v, err := vocabOf(t, pieces("▁x")) // too short for the default, 1
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := v.BOS(); ok {
		t.Error("BOS exists")
	}
	if ids, err := v.Encode("", EncodeOptions{}); err != nil || len(ids) != 0 {
		t.Errorf("as the file says: %d, %v, want nothing", ids, err)
	}
	if _, err := v.Encode("", EncodeOptions{BOS: Always}); !errors.Is(err, ErrNoToken) {
		t.Errorf("always: %v, want ErrNoToken", err)
	}
}

func TestTextWithoutTokens(t *testing.T) {
	letters := pieces("<unk>", "▁", "a", "é", "<0xC3>")
	for _, tt := range []struct {
		name string
		more []entry
		want []int32 // nil: an error
	}{
		{"no unknown token", nil, nil},
		{"the file names one", []entry{{"tokenizer.ggml.unknown_token_id", uint32(0)}}, []int32{1, 2, 0, 3}},
		{"the default is one", []entry{{"tokenizer.ggml.token_type", []int32{2, 1, 1, 1, 6}}}, []int32{1, 2, 0, 3}},
		{"the file says none", []entry{{"tokenizer.ggml.unknown_token_id", uint32(absent)}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := vocabOf(t, append(letters[:len(letters):len(letters)], tt.more...))
			if err != nil {
				t.Fatal(err)
			}
			ids, err := v.Encode("aßé", bare)
			var unknown *UnknownTextError
			if tt.want == nil && (!errors.As(err, &unknown) || unknown.Text != "ß") {
				t.Errorf("Encode = %d, %v, want an UnknownTextError about ß", ids, err)
			}
			if tt.want != nil && (err != nil || !slices.Equal(ids, tt.want)) {
				t.Errorf("Encode = %d, %v, want %d", ids, err, tt.want)
			}
			if warned := len(v.Warnings()) > 0; warned != (tt.want == nil) {
				t.Errorf("warnings %v, want them only where text cannot be encoded", v.Warnings())
			}
		})
	}
}

func TestProblemsAreReportedTogether(t *testing.T) {
	_, err := vocabOf(t, append(pieces("a", "b", "a", "<0x1>"),
		entry{"tokenizer.ggml.token_type", []int32{1, 1, 1, 6}},
		entry{"tokenizer.ggml.scores", []float32{0, 0, 0}},
		entry{"tokenizer.ggml.bos_token_id", uint32(4)},
		entry{"tokenizer.ggml.eos_token_id", "b"},
		entry{"tokenizer.ggml.add_bos_token", uint32(1)},
	))
	for _, want := range []error{ErrDuplicateToken, ErrBadByteToken, ErrLengthMismatch, ErrBadID, gguf.ErrWrongType} {
		if !errors.Is(err, want) {
			t.Errorf("%v is not in: %v", want, err)
		}
	}
	if got := len(flatten(err)); got != 6 {
		t.Errorf("%d problems, want 6: %v", got, err)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	model := func(name string) entry { return entry{"tokenizer.ggml.model", name} }
	for _, tt := range []struct {
		name    string
		entries []entry
		want    error
	}{
		{"no tokenizer at all", []entry{{"general.name", "x"}}, gguf.ErrMissingKey},
		{"the kind is a number", []entry{{"tokenizer.ggml.model", uint32(1)}}, gguf.ErrWrongType},
		{"a kind that nobody knows", tinyEntries(model("bpe")), ErrUnknownKind},
		{"a kind without a coder", tinyEntries(model("rwkv")), ErrUnsupportedKind},
		{"no tokens", pieces(), gguf.ErrBadValue},
		{"tokens are numbers", []entry{model("llama"), {"tokenizer.ggml.tokens", []int32{1}}}, gguf.ErrWrongType},
		{"a model without text", []entry{model("none"), {"general.architecture", "llama"}, {"llama.vocab_size", uint32(32)}}, ErrUnsupportedKind},
		{"not even a size", []entry{model("no_vocab"), {"general.architecture", "llama"}}, gguf.ErrMissingKey},
		{"a charsmap of strings", tinyEntries(model("t5"), entry{"tokenizer.ggml.precompiled_charsmap", []string{"a"}}), gguf.ErrWrongType},
		{"a pre-tokenizer that nobody knows", tinyEntries(model("gpt2"), entry{"tokenizer.ggml.pre", "gpt-9"}), ErrUnknownKind},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if v, err := vocabOf(t, tt.entries); v != nil || !errors.Is(err, tt.want) {
				t.Errorf("New = %v, %v, want %v", v, err, tt.want)
			}
		})
	}
}

func TestWhiteSpaceBesideSpecialTokens(t *testing.T) {
	texts := []string{"<unk>", "<s>", "</s>", "<mask>", "[MASK]", "▁", "a", "\n"}
	types := []int32{2, 3, 3, 3, 3, 1, 1, 1}
	for _, tt := range []struct{ key, value, text, want string }{
		{"general.name", "Some Model", "a \n[MASK] a", "▁ a ▁ \n [MASK] ▁ ▁ a"},
		{"general.name", "Modern-BERT", "a \n[MASK] a", "▁ a [MASK] ▁ ▁ a"},
		{"general.architecture", "jina-bert-v3", "a \n<mask> a", "▁ a <mask> ▁ ▁ a"},
		{"tokenizer.ggml.pre", "jina-v2-de", "\n<mask>", "<mask>"}, // an empty rest vanishes
		{"general.name", "Phi-3 mini", "a </s> \na <s> a", "▁ a ▁ </s> ▁ a ▁ <s> ▁ ▁ a"},
	} {
		v, err := vocabOf(t, append(pieces(texts...), entry{"tokenizer.ggml.token_type", types}, entry{tt.key, tt.value}))
		if err != nil {
			t.Fatal(err)
		}
		ids, err := v.Encode(tt.text, EncodeOptions{ParseSpecial: true, BOS: Never})
		var got []string
		for _, id := range ids {
			got = append(got, texts[id])
		}
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("%s: Encode(%q) = %q, %v, want %q", tt.value, tt.text, got, err, tt.want)
		}
	}
}

func TestManyProblemsOfOneKindAreCounted(t *testing.T) {
	_, err := vocabOf(t, append(pieces(strings.Split(strings.Repeat("x", 1000), "")...), entry{"tokenizer.ggml.bos_token_id", uint32(5000)}))
	list := flatten(err)
	if len(list) != mostOfKind+2 || !strings.HasSuffix(list[len(list)-1].Error(), "and 991 more") {
		t.Errorf("%d errors, the last %q, want %d and 991 more", len(list), list[len(list)-1], mostOfKind+2)
	}
}

func TestOptionalIDs(t *testing.T) {
	for _, tt := range []struct {
		name string
		id   uint32
		warn bool
	}{
		{"inside", 260, false},
		{"none", absent, false},
		{"outside", 5000, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := tiny(t, entry{"tokenizer.ggml.eot_token_id", tt.id})
			if w := v.Warnings(); len(w) > 0 != tt.warn || tt.warn && !errors.Is(w[0], ErrBadID) {
				t.Errorf("warnings %v, want some: %v", w, tt.warn)
			}
			if got, want := v.IsEOG(260), tt.id == 260; got != want {
				t.Errorf("IsEOG(260) = %v, want %v", got, want)
			}
		})
	}
}

func TestEndsOfGeneration(t *testing.T) {
	for _, tt := range []struct {
		name  string
		texts string
		want  string
	}{
		{"llama", "<unk> <s> </s> a", "</s>"},
		{"turns", "<unk> <s> </s> <|end|> <|eot_id|> <|user|>", "</s> <|end|> <|eot_id|>"},
		{"harmony", "<unk> <s> <eos> <|end|> <|return|> <|call|> <|start|>", "<eos> <|return|> <|call|>"},
		{"tools", "<unk> <s> <eos> </s> <|tool_response>", "<eos> <|tool_response>"},
		{"the middle is filled in", "<unk> <s> </s> <fim_pad> <reponame> <fim_prefix>", "</s> <fim_pad> <reponame>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			texts := strings.Fields(tt.texts)
			v, err := vocabOf(t, pieces(texts...))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for id, text := range texts {
				if v.IsEOG(int32(id)) {
					got = append(got, text)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("ends = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTypes(t *testing.T) {
	v := tiny(t)
	for _, tt := range []struct {
		id   int32
		want Type
	}{{0, TypeUnknown}, {1, TypeControl}, {3, TypeByte}, {262, TypeNormal}, {-1, TypeUndefined}, {272, TypeUndefined}} {
		if got := v.Type(tt.id); got != tt.want {
			t.Errorf("Type(%d) = %v, want %v", tt.id, got, tt.want)
		}
	}
	if got, want := Type(9).String(), "type 9"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
}

func TestIDsOutsideAreErrors(t *testing.T) {
	v := tiny(t)
	for _, id := range []int32{-1, 272, -1 << 31, 1<<31 - 1} {
		_, decode := v.Decode([]int32{262, id}, DecodeOptions{})
		_, piece := v.Pieces([]int32{262, id})
		_, stream := v.Stream().Next(id)
		for _, err := range []error{decode, piece, stream} {
			var e *IDError
			if !errors.Is(err, ErrBadID) || !errors.As(err, &e) || e.ID != id {
				t.Errorf("id %d: %v, want an IDError", id, err)
			}
		}
		if v.IsEOG(id) {
			t.Errorf("IsEOG(%d)", id)
		}
	}
}

func TestManyGoroutinesMayShareAVocabulary(t *testing.T) {
	v := tiny(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			ids, err := v.Encode("lower", bare)
			if want := []int32{262, 259}; err != nil || !slices.Equal(ids, want) {
				t.Errorf("Encode = %d, %v, want %d", ids, err, want)
			}
		})
	}
	all.Wait()
}

func TestBrokenTablesFailEveryUse(t *testing.T) {
	v, err := vocabOf(t, pieces("a", "b", "a"))
	if err != nil {
		t.Fatalf("New = %v: it must not look at the tokens", err)
	}
	_, encode := v.Encode("a", bare)
	_, decode := v.Decode([]int32{0}, DecodeOptions{})
	_, piece := v.Piece(0)
	_, stream := v.Stream().Next(0)
	for _, err := range []error{v.Check(), encode, decode, piece, stream} {
		if !errors.Is(err, ErrDuplicateToken) {
			t.Errorf("err = %v, want ErrDuplicateToken", err)
		}
	}
	if _, ok := v.ID("b"); ok || v.IsEOG(0) || v.Type(0) != TypeUndefined {
		t.Error("a vocabulary that was refused still answers")
	}
}
