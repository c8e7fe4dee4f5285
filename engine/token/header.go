package token

import (
	"fmt"
	"math"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
)

// keyPrefix begins the keys of the tokenizer's metadata.
const keyPrefix = "tokenizer.ggml."

// header is the metadata of a tokenizer but for the tokens themselves.
type header struct {
	model        string
	hints        hints
	kind         kind
	tokens       gguf.Value
	scores       gguf.Value // of length 0 where there are none
	types        gguf.Value // of length 0 where there are none
	ids          [roles]int32
	namesUnknown bool // the file has the key for the unknown token
	addBOS       bool
	addEOS       bool
	prefix       bool
}

// hints are words in the metadata that tell what a tokenizer's own keys leave out.
type hints struct{ name, arch, pre string }

// reader reads the metadata of one file's tokenizer. Its methods never fail: they note what is wrong and go on.
type reader struct {
	file     *gguf.File
	problems findings
	warnings findings
}

func newReader(f *gguf.File) *reader {
	return &reader{f, findings{file: f.Name}, findings{file: f.Name}}
}

func (r *reader) header() header {
	h := header{model: r.text(keyPrefix+"model", true), hints: hints{r.hint("general.name"), r.hint("general.architecture"), r.hint(keyPrefix + "pre")}}
	for i := range h.ids {
		h.ids[i] = none
	}
	r.kind(&h)
	if h.kind.check != nil {
		r.checkGuarded(h.kind.check)
	}
	if h.kind.empty {
		return h
	}
	h.tokens = r.array(keyPrefix+"tokens", gguf.TypeString)
	h.scores = r.perToken(keyPrefix+"scores", gguf.TypeFloat32, h.tokens)
	h.types = r.perToken(keyPrefix+"token_type", gguf.TypeInt32, h.tokens)
	r.checkTokens(h.tokens)
	r.ids(&h)
	d := h.kind.defaults
	h.addBOS = r.flag("add_bos_token", d.addBOS)
	h.addEOS = r.flag("add_eos_token", d.addEOS)
	h.prefix = r.flag("add_space_prefix", d.prefix)
	return h
}

func (r *reader) kind(h *header) {
	v, ok := r.file.Lookup(keyPrefix + "model")
	if _, isText := v.Text(); !ok || !isText {
		return // noted when it was read
	}
	var known bool
	h.kind, known = kinds[h.model]
	switch {
	case !known:
		r.problem(ErrUnknownKind, keyPrefix+"model", v.Offset(), escape.Quote(h.model), `a kind such as "llama"`, "the file may be newer than this program")
	case h.kind.empty:
		r.problem(ErrUnsupportedKind, keyPrefix+"model", v.Offset(), escape.Quote(h.model), "a tokenizer", "the file has none: give token ids instead of text")
	case h.kind.coder == nil:
		r.problem(ErrUnsupportedKind, keyPrefix+"model", v.Offset(), fmt.Sprintf("%s (%s)", escape.Quote(h.model), h.kind.words), `"llama"`, "this program does not know it yet: give token ids instead of text")
	}
}

// checkGuarded runs a check that may read arrays, which lie in the mapped file.
func (r *reader) checkGuarded(check func(*reader)) {
	if err := gguf.Guard(func() error { check(r); return nil }); err != nil {
		r.problems.list = append(r.problems.list, err)
	}
}

func (r *reader) checkTokens(tokens gguf.Value) {
	if n := tokens.Len(); tokens.Type() == gguf.TypeArray && (n < 1 || n > math.MaxInt32) {
		r.problem(gguf.ErrBadValue, keyPrefix+"tokens", tokens.Offset()+4, fmt.Sprintf("%d tokens", n), "at least one, and ids of 31 bits", "")
	}
}
