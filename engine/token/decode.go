package token

import "strings"

// DecodeOptions says how to decode. With the zero value, special tokens leave no trace in the text.
type DecodeOptions struct {
	ShowSpecial bool // write control and unknown tokens as the file does

	// TrimAdded leaves out a first BOS and a last EOS if the file has them added to texts.
	// Then, too, the text behind a BOS keeps its space, as in llama.cpp.
	TrimAdded bool
}

// Decode turns ids into text. Where Encode puts a space in front of a text, a space that the first id begins with is
// dropped: so the text that comes back is the same if no BOS is in front, and has a space more behind one.
// It may end within a character, or hold bytes that are no UTF-8, as the ids say; for ids that come one by one see
// [Vocab.Stream].
// Its error is an [IDError] or what [Vocab.Check] says.
func (v *Vocab) Decode(ids []int32, o DecodeOptions) (string, error) {
	t, err := v.load()
	if err != nil {
		return "", err
	}
	trim := v.head.prefix
	if o.TrimAdded {
		rest, hadBOS := v.trimAdded(ids)
		ids, trim = rest, trim && !hadBOS
	}
	var b strings.Builder
	for i, id := range ids {
		if !t.has(id) {
			return "", &IDError{id, len(t.texts)}
		}
		piece := t.piece(id, o.ShowSpecial)
		if i == 0 && trim {
			piece = strings.TrimPrefix(piece, " ")
		}
		b.WriteString(piece)
	}
	return b.String(), nil
}

// trimAdded cuts off a first BOS and a last EOS, if the file has them added.
func (v *Vocab) trimAdded(ids []int32) (rest []int32, hadBOS bool) {
	first, ok := v.BOS()
	hadBOS = ok && v.head.addBOS && len(ids) > 0 && ids[0] == first
	if hadBOS {
		ids = ids[1:]
	}
	last, ok := v.EOS()
	if end := len(ids) - 1; ok && v.head.addEOS && end >= 0 && ids[end] == last {
		ids = ids[:end]
	}
	return ids, hadBOS
}

// piece returns the text of one token.
func (t *table) piece(id int32, showSpecial bool) string {
	switch m := t.marks[id]; {
	case m&special != 0 && !showSpecial:
		return ""
	case m&(special|userDefined) != 0:
		return t.texts[id]
	}
	return t.coder.piece(id)
}

// Piece returns the text of one token, special ones as the file writes them. It may be a part of a character.
func (v *Vocab) Piece(id int32) (string, error) {
	t, err := v.load()
	if err != nil {
		return "", err
	}
	if !t.has(id) {
		return "", &IDError{id, len(t.texts)}
	}
	return t.piece(id, true), nil
}

// Pieces returns the text of each token; see [Vocab.Piece].
func (v *Vocab) Pieces(ids []int32) ([]string, error) {
	pieces := make([]string, len(ids))
	for i, id := range ids {
		var err error
		if pieces[i], err = v.Piece(id); err != nil {
			return nil, err
		}
	}
	return pieces, nil
}
