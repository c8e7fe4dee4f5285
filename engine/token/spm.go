package token

import (
	"fmt"
	"math"
	"strings"

	"github.com/sonde-ml/sonde/internal/escape"
)

// SentencePiece's BPE, tokenizer.ggml.model "llama". Spaces become ▁ and the text falls into characters. Then, again
// and again, the two neighbours whose joined text is the token of the highest score are joined, the leftmost pair of
// equals, until no two neighbours make a token:
//
//	▁ l o w e r    "er" has the best score of the pairs that are tokens
//	▁ l o w er     then "lo", then "low", and at last "▁low"
//	▁low er
//
// What is a token by then is done, and the rest is written with byte tokens.
// Paper: arXiv 1508.07909 for BPE, with scores in place of merge ranks: arXiv 1808.06226.

var spmKind = kind{
	words:    "SentencePiece BPE",
	defaults: defaults{bos: 1, eos: 2, unknown: 0, addBOS: true, prefix: true},
	coder:    func(t *table) coder { return &spm{t, neighboursIn(t.texts)} },
}

// space is what tokens have in place of a space.
const space = "▁"

type spm struct {
	*table
	neighbours *neighbours
}

func (s *spm) encode(ids []int32, text string) ([]int32, error) {
	if s.prefix {
		text = " " + text
	}
	text = strings.ReplaceAll(text, " ", space)
	if len(text) > math.MaxInt32 {
		return nil, fmt.Errorf("%s: %w: %d bytes, want at most %d: encode it in parts", escape.Text(s.file), ErrTextTooLong, len(text), math.MaxInt32)
	}
	m := merger{table: s.table}
	for len(text) > 0 {
		stretch := s.neighbours.stretch(text)
		m.reset(stretch)
		m.join()
		var err error
		if ids, err = s.emit(ids, &m); err != nil {
			return nil, err
		}
		text = text[len(stretch):]
	}
	return ids, nil
}

// emit appends the tokens of the symbols that are left.
func (s *spm) emit(ids []int32, m *merger) ([]int32, error) {
	for at := 0; at < len(m.text); at += int(m.size[at]) {
		text := m.text[at:][:m.size[at]]
		if id, ok := s.ids[text]; ok {
			ids = append(ids, id)
			continue
		}
		var err error
		if ids, err = s.emitBytes(ids, text); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// emitBytes appends the byte tokens of text or, if one is missing, the unknown token once.
func (s *spm) emitBytes(ids []int32, text string) ([]int32, error) {
	known := len(ids)
	for i := range len(text) {
		id := s.bytes[text[i]]
		if id == none && s.unknown == none {
			return nil, &UnknownTextError{s.file, text}
		}
		if id == none {
			return append(ids[:known], s.unknown), nil
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (s *spm) piece(id int32) string {
	switch m := s.marks[id]; {
	case m&normal != 0:
		return strings.ReplaceAll(s.texts[id], space, " ")
	case m&byteToken != 0:
		b, _ := byteValue(s.texts[id])
		return string([]byte{b})
	}
	return ""
}
