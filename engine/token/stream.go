package token

import "unicode/utf8"

// Stream decodes ids that come one by one, such as those of a model that generates. It gives out whole
// characters only: a character may be spread over several tokens, and half of one would be printed as rubbish.
// What it gives out, taken together, is what [Vocab.Decode] makes of the same ids, with the space in front.
type Stream struct {
	// ShowSpecial writes control and unknown tokens as the file does.
	ShowSpecial bool

	vocab *Vocab
	held  []byte // the beginning of a character
}

// Stream returns a decoder for a sequence of ids.
func (v *Vocab) Stream() *Stream { return &Stream{vocab: v} }

// Next takes an id and returns the text that is complete now: often the token's, sometimes nothing.
// Bytes that cannot become a character are given out as they are.
func (s *Stream) Next(id int32) (string, error) {
	t, err := s.vocab.load()
	if err != nil {
		return "", err
	}
	if !t.has(id) {
		return "", &IDError{id, len(t.texts)}
	}
	text := append(s.held, t.piece(id, s.ShowSpecial)...)
	whole := len(text) - unfinished(text)
	out := string(text[:whole])
	s.held = append(s.held[:0], text[whole:]...)
	return out, nil
}

// Flush returns what is held back: the beginning of a character whose end never came. The stream starts afresh.
func (s *Stream) Flush() string {
	rest := string(s.held)
	s.held = s.held[:0]
	return rest
}

// unfinished returns how many bytes at the end of b are the beginning of a character.
func unfinished(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
