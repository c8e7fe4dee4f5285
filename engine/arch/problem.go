package arch

import (
	"errors"

	"github.com/sonde-ml/sonde/gguf"
)

// What can be wrong with a file as a model. Problems are of type [gguf.Error]; Kind is one of these, or of package gguf.
var (
	ErrUnknownArchitecture = errors.New("unknown architecture")
	ErrLengthMismatch      = errors.New("wrong number of entries")
	ErrMissingTensor       = errors.New("missing tensor")
	ErrWrongShape          = errors.New("wrong shape")
	ErrWrongTensorType     = errors.New("wrong tensor type")
	ErrUnsupported         = errors.New("not supported")
	ErrNoWeights           = errors.New("no weights") // a vocabulary without a model
)

// What is odd about a file as a model, but keeps nothing from running; see [Model.Warnings].
var (
	ErrUnusedTensor = errors.New("unused tensor")
	ErrUnusedKey    = errors.New("unused key")
)

// aboutKey describes a problem with a metadata key.
func (l *Loader) aboutKey(kind error, key, seen, want, advice string) error {
	e := &gguf.Error{File: l.File.Name, Kind: kind, Key: key, Seen: seen, Expected: want, Advice: advice, Offset: -1}
	if v, ok := l.File.Lookup(key); ok {
		e.Offset = v.Offset()
	}
	return e
}

// aboutTensor describes a problem with a tensor.
func (l *Loader) aboutTensor(kind error, tensor, seen, want, advice string) error {
	return &gguf.Error{File: l.File.Name, Kind: kind, Tensor: tensor, Seen: seen, Expected: want, Advice: advice, Offset: -1}
}

func (l *Loader) note(err error) {
	if err != nil {
		l.problems = append(l.problems, err)
	}
}

func (l *Loader) warn(err error) {
	if err != nil {
		l.warnings = append(l.warnings, err)
	}
}

func (l *Loader) bad(name, seen, want string) {
	l.note(l.aboutKey(gguf.ErrBadValue, l.Key(name), seen, want, ""))
}

func (l *Loader) odd(name, seen, want, advice string) {
	l.warn(l.aboutKey(gguf.ErrBadValue, l.Key(name), seen, want, advice))
}

func (l *Loader) unsupported(name, seen, want string) {
	l.note(l.aboutKey(ErrUnsupported, l.Key(name), seen, want, "this engine does not know it yet"))
}

// ignore says that a key changes nothing, so that nobody is warned of it.
func (l *Loader) ignore(names ...string) {
	for _, name := range names {
		l.read[l.Key(name)] = true
	}
}
