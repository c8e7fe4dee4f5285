package token

import (
	"errors"
	"sync"

	"github.com/sonde-ml/sonde/gguf"
)

// Vocab is the vocabulary of a model: its tokens, and how text is cut into them. It may be used by many goroutines.
type Vocab struct {
	file *gguf.File
	head header
	odd  []error // warnings about the header

	once  sync.Once
	table *table
	err   error
	more  []error // warnings about the table
}

// New reads the tokenizer of f. Only what costs little is read; the tables are built at first use, until which f must
// stay open. If it finds anything wrong it looks at the tables too and reports all problems, joined.
func New(f *gguf.File) (*Vocab, error) {
	r := newReader(f)
	v := &Vocab{file: f, head: r.header()}
	v.odd = r.warnings.all()
	problems := r.problems.all()
	if len(problems) == 0 {
		return v, nil
	}
	return nil, errors.Join(append(problems, v.Check())...)
}

// Check builds the tables and reports what is wrong with the tokens, all of it: what encoding and decoding would report
// at their first use. It takes a few milliseconds, once.
func (v *Vocab) Check() error {
	_, err := v.load()
	return err
}

// Warnings returns what is odd about the tokenizer without keeping it from working. It builds the tables.
func (v *Vocab) Warnings() []error {
	_, _ = v.load() // an error is Check's to report
	return append(v.odd[:len(v.odd):len(v.odd)], v.more...)
}

func (v *Vocab) load() (*table, error) {
	v.once.Do(func() {
		r := newReader(v.file)
		fault := gguf.Guard(func() error {
			v.table = r.table(&v.head)
			return nil
		})
		v.err = errors.Join(append(r.problems.all(), fault)...)
		v.more = r.warnings.all()
	})
	return v.table, v.err
}

// Kind returns the tokenizer's kind as the file names it, such as "llama".
func (v *Vocab) Kind() string { return v.head.model }

// Len returns the number of tokens.
func (v *Vocab) Len() int { return v.head.tokens.Len() }

// BOS returns the id of the token that begins a text, if there is one.
func (v *Vocab) BOS() (id int32, ok bool) { return v.head.id(bos) }

// EOS returns the id of the token that ends a text, if there is one. Others may end one as well: see [Vocab.IsEOG].
func (v *Vocab) EOS() (id int32, ok bool) { return v.head.id(eos) }

// AddsBOS reports whether the file wants BOS in front of a text.
func (v *Vocab) AddsBOS() bool { return v.head.addBOS }

// AddsEOS reports whether the file wants EOS behind a text.
func (v *Vocab) AddsEOS() bool { return v.head.addEOS }

// IsEOG reports whether generation ends at the token: EOS, end of turn, end of message and their kin.
// Besides those that the file names, tokens count whose text is known to mean so.
func (v *Vocab) IsEOG(id int32) bool {
	t, err := v.load()
	return err == nil && t.eog[id]
}

// ID returns the token that is written so in the file: a special token, or a piece with U+2581 for a space.
func (v *Vocab) ID(text string) (id int32, ok bool) {
	t, err := v.load()
	if err != nil {
		return 0, false
	}
	id, ok = t.ids[text]
	return id, ok
}

// Type returns what a token is for. It is TypeUndefined for an id outside the vocabulary.
func (v *Vocab) Type(id int32) Type {
	t, err := v.load()
	if err != nil || !t.has(id) {
		return TypeUndefined
	}
	return t.marks[id].typ()
}
