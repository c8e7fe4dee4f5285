package engine

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/gguf"
)

// Model is a GGUF file opened as a model. It is read-only and may be used by many sessions at once.
type Model struct {
	File *gguf.File
	arch *arch.Model

	vocab    *token.Vocab
	vocabErr error // why there is none
}

// Open opens the file at path as a model. Families from plugins may be given; they come before Sonde's own.
// The error joins all that is wrong with the file.
func Open(path string, extra ...arch.Family) (*Model, error) {
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	return newModel(f, extra)
}

// newModel closes f where there is no model in it.
func newModel(f *gguf.File, extra []arch.Family) (*Model, error) {
	m, err := load(f, extra)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return m, nil
}

func load(f *gguf.File, extra []arch.Family) (*Model, error) {
	am, err := arch.Load(f, extra...)
	m := &Model{File: f, arch: am}
	m.vocab, m.vocabErr = token.New(f)
	if !optional(m.vocabErr) {
		err = errors.Join(err, m.vocabErr)
	}
	return m, err
}

// optional reports whether a model can do without the tokenizer that failed with err, since ids can be given instead
// of text: its kind is not known, and nothing else is wrong with it.
func optional(err error) bool {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && !isProblem(err) {
		for _, part := range joined.Unwrap() {
			if !optional(part) {
				return false
			}
		}
		return true
	}
	return err == nil || errors.Is(err, token.ErrUnsupportedKind)
}

// isProblem tells one problem of a file from several that were joined.
func isProblem(err error) bool {
	_, ok := err.(*gguf.Error)
	return ok
}

// Close takes the file away. No session of the model may be used afterwards.
func (m *Model) Close() error { return m.File.Close() }

// Name returns the name of the model's file, without its folder.
func (m *Model) Name() string { return filepath.Base(m.File.Name) }

// Family returns the architecture.
func (m *Model) Family() string { return m.arch.Family.Name }

// Points lists the ops of a forward pass, in order: the places that can be hooked.
func (m *Model) Points() []nn.Point { return m.arch.Points }

// Context returns the number of tokens that the model was made for, 0 if the file does not say.
func (m *Model) Context() int { return m.arch.Context }

// Vocab returns the number of tokens that the model knows: the width of its logits.
func (m *Model) Vocab() int { return m.arch.Vocab }

// Weight returns the tensor of that name, as the model uses it.
func (m *Model) Weight(name string) (*nn.Weight, error) {
	if w, ok := m.arch.Weights[name]; ok {
		return w, nil
	}
	return nil, fmt.Errorf("%s: the model has no weight %q", m.Name(), name)
}

// Weights lists the tensors that the model uses, in the order of the file.
func (m *Model) Weights() []*nn.Weight {
	var list []*nn.Weight
	for _, t := range m.File.Tensors() {
		if w := m.arch.Weights[t.Name]; w != nil {
			list = append(list, w)
		}
	}
	return list
}

// Tokenizer returns the tokenizer that the file holds. Its tables are built at the first call.
func (m *Model) Tokenizer() (*token.Vocab, error) {
	if m.vocabErr != nil {
		return nil, m.vocabErr
	}
	return m.vocab, m.vocab.Check()
}

// Encode turns a text into token ids, with what the file adds to a text; special tokens in it are text.
func (m *Model) Encode(text string) ([]int32, error) {
	v, err := m.Tokenizer()
	if err != nil {
		return nil, err
	}
	return v.Encode(text, token.EncodeOptions{})
}

// Check builds what is otherwise built at its first use, and reports what is wrong with it.
func (m *Model) Check() error {
	if _, err := m.Tokenizer(); !optional(err) {
		return err
	}
	return nil
}

// Warnings lists what is odd about the file, its tensors and its tokenizer, but keeps nothing from running.
func (m *Model) Warnings() []error {
	warnings := slices.Concat(m.File.Warnings(), m.arch.Warnings)
	if m.vocab == nil {
		return append(warnings, m.vocabErr)
	}
	return append(warnings, m.vocab.Warnings()...)
}
