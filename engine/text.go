package engine

import (
	"strings"

	"github.com/sonde-ml/sonde/engine/token"
)

// textWriter collects the text of generated ids and passes it on as it comes, whole characters only.
type textWriter struct {
	stream *token.Stream // nil for a model without a tokenizer: ids then have no text
	emit   func(string)
	all    strings.Builder
}

func (s *Session) newTextWriter(emit func(string)) *textWriter {
	w := &textWriter{emit: emit}
	if v, err := s.model.Tokenizer(); err == nil {
		w.stream = v.Stream()
	}
	return w
}

func (w *textWriter) add(id int32) {
	if w.stream == nil {
		return
	}
	text, err := w.stream.Next(id)
	if err != nil {
		return // the embedding has more rows than the vocabulary: the id has no text
	}
	w.write(text)
}

// finish writes what is held back and returns all of the text.
func (w *textWriter) finish() string {
	if w.stream != nil {
		w.write(w.stream.Flush())
	}
	return w.all.String()
}

func (w *textWriter) write(text string) {
	w.all.WriteString(text)
	if w.emit != nil && text != "" {
		w.emit(text)
	}
}
