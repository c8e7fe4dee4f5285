package token

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
)

// table holds the tokens of a vocabulary, ready for use. Slices are indexed by id.
type table struct {
	file    string
	texts   []string
	scores  []float32 // nil means that all are 0
	marks   []marks
	ids     map[string]int32 // by text
	bytes   [256]int32       // the token for each byte; none where there is none
	special []int32          // the tokens that text is cut at, longest text first
	eog     map[int32]bool
	unknown int32 // stands for text without a token
	roles   [roles]int32
	prefix  bool // a space is put in front of text
	model   hints
	coder   coder
}

func (t *table) has(id int32) bool { return id >= 0 && int(id) < len(t.texts) }

func (t *table) score(id int32) float32 {
	if t.scores == nil {
		return 0
	}
	return t.scores[id]
}

// table builds the tables, and notes what is wrong with the tokens.
func (r *reader) table(h *header) *table {
	t := &table{file: r.file.Name, roles: h.ids, prefix: h.prefix, model: h.hints}
	t.texts, _ = h.tokens.StringSlice()
	t.scores, _ = h.scores.Float32s()
	types, _ := h.types.Int32s()
	r.checkScores(h, t)
	r.setTypes(h, t, types)
	r.index(h, t)
	r.checkTexts(h, t)
	t.spellBytes()
	t.unknown = unknownID(h, t)
	t.correct()
	t.collectSpecial()
	if h.kind.coder != nil {
		t.coder = h.kind.coder(t)
		r.checkCoverage(h, t)
	}
	return t
}

func (r *reader) checkScores(h *header, t *table) {
	for id, s := range t.scores {
		if s != s {
			r.problem(gguf.ErrBadValue, keyPrefix+"scores", h.scores.Offset()+12+4*int64(id), fmt.Sprintf("entry %d is NaN", id), "a number", "")
		}
	}
}

// setTypes gives every token the properties that belong to its type.
func (r *reader) setTypes(h *header, t *table, types []int32) {
	t.marks = make([]marks, len(t.texts))
	for id := range t.marks {
		switch {
		case types == nil:
			t.marks[id] = normal
		case types[id] >= 0 && int(types[id]) < len(marksOf):
			t.marks[id] = marksOf[types[id]]
		default:
			r.warn(gguf.ErrBadValue, keyPrefix+"token_type", h.types.Offset()+12+4*int64(id),
				fmt.Sprintf("entry %d is %d", id, types[id]), "0 to 6", "the token's type is taken for undefined")
		}
	}
}

// index makes the map from text to id. An empty text gets a name by which it can be seen, llama.cpp's.
func (r *reader) index(h *header, t *table) {
	t.ids = make(map[string]int32, len(t.texts))
	for id, text := range t.texts {
		if text == "" {
			text = "[EMPTY_" + strconv.Itoa(id) + "]"
			t.texts[id] = text
			r.warnings.token(h, ErrEmptyToken, id, fmt.Sprintf("token %d is empty", id), "text")
		}
		t.ids[text] = int32(id)
	}
	if len(t.ids) == len(t.texts) {
		return
	}
	first := make(map[string]int, len(t.ids))
	for id, text := range t.texts {
		if other, twice := first[text]; twice {
			r.problems.token(h, ErrDuplicateToken, id, fmt.Sprintf("tokens %d and %d are both %s", other, id, escape.Quote(text)), "every token once")
			continue
		}
		first[text] = id
	}
}

// checkTexts looks at the letters.
func (r *reader) checkTexts(h *header, t *table) {
	for id, text := range t.texts {
		if !utf8.ValidString(text) {
			r.warnings.token(h, gguf.ErrNotUTF8, id, fmt.Sprintf("token %d is %s", id, escape.Quote(text)), "UTF-8")
		}
		if _, ok := byteValue(text); t.marks[id] == byteToken && !ok {
			r.problems.token(h, ErrBadByteToken, id, fmt.Sprintf("token %d is %s", id, escape.Quote(text)), "<0x00> to <0xFF>")
		}
	}
}

// spellBytes finds the token for each byte, whatever its type.
func (t *table) spellBytes() {
	for b := range t.bytes {
		id, ok := t.ids[fmt.Sprintf("<0x%02X>", b)]
		if !ok {
			id, ok = t.ids[string([]byte{byte(b)})]
		}
		if !ok {
			id = none
		}
		t.bytes[b] = id
	}
}

// byteValue reads the name of a byte token, <0xXX>.
func byteValue(text string) (byte, bool) {
	if len(text) != 6 || !strings.HasPrefix(text, "<0x") || text[5] != '>' {
		return 0, false
	}
	b, err := strconv.ParseUint(text[3:5], 16, 8)
	return byte(b), err == nil
}

// unknownID returns the token for text that no other can stand for: the one that the file names, or the
// kind's if it is of that type.
func unknownID(h *header, t *table) int32 {
	id, ok := h.id(unknownText)
	if !ok || !h.namesUnknown && t.marks[id]&unknown == 0 {
		return none
	}
	return id
}

// checkCoverage warns where some text cannot be encoded.
func (r *reader) checkCoverage(h *header, t *table) {
	missing := 0
	for _, id := range t.bytes {
		if id == none {
			missing++
		}
	}
	if missing > 0 && t.unknown == none {
		r.warn(ErrNoByteTokens, keyPrefix+"tokens", -1, fmt.Sprintf("%d bytes have no token, and none is for unknown text", missing),
			"256 byte tokens or unknown_token_id", "some text cannot be encoded")
	}
}

// token adds a finding about a token. Its place in the file is searched for only if the finding is kept: a file in
// which every token is wrong must not cost the square of their number.
func (f *findings) token(h *header, kind error, id int, seen, want string) {
	e := gguf.Error{Kind: kind, Key: keyPrefix + "tokens", Seen: seen, Expected: want}
	if f.seen[kind] < mostOfKind {
		e.Offset = tokenOffset(h, id)
	}
	f.add(e)
}

// tokenOffset returns where the length of a token's text stands in the file.
func tokenOffset(h *header, id int) int64 {
	const lengthSize, arrayHead = 8, 12
	at := h.tokens.Offset() + arrayHead
	for i, text := range h.tokens.Strings() {
		if i == id {
			break
		}
		at += lengthSize + int64(len(text))
	}
	return at
}
