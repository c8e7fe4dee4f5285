package token

import (
	"errors"
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

func (r *reader) has(key string) bool {
	_, ok := r.file.Lookup(key)
	return ok
}

// text reads a string, "" without the key.
func (r *reader) text(key string, required bool) string {
	v, ok := r.file.Lookup(key)
	if !ok {
		if required {
			r.missing(key)
		}
		return ""
	}
	s, ok := v.Text()
	if !ok {
		r.wrongType(key, v, "string")
	}
	return s
}

// hint reads a string that says little about the tokenizer, so that one of another type does not count against it.
func (r *reader) hint(key string) string {
	v, _ := r.file.Lookup(key)
	s, _ := v.Text()
	return s
}

// flag reads a bool of the tokenizer, def without the key.
func (r *reader) flag(name string, def bool) bool {
	v, ok := r.file.Lookup(keyPrefix + name)
	if !ok {
		return def
	}
	b, ok := v.Bool()
	if !ok {
		r.wrongType(keyPrefix+name, v, "bool")
	}
	return b
}

// array reads a required array; the zero value where there is none.
func (r *reader) array(key string, elem gguf.ValueType) gguf.Value {
	v, ok := r.file.Lookup(key)
	if !ok {
		r.missing(key)
		return gguf.Value{}
	}
	if v.Type() != gguf.TypeArray || v.Elem() != elem {
		r.wrongType(key, v, "array of "+elem.String())
		return gguf.Value{}
	}
	return v
}

// perToken reads an optional array with one entry per token.
func (r *reader) perToken(key string, elem gguf.ValueType, tokens gguf.Value) gguf.Value {
	if !r.has(key) {
		return gguf.Value{}
	}
	v := r.array(key, elem)
	if v.Type() == gguf.TypeArray && tokens.Type() == gguf.TypeArray && v.Len() != tokens.Len() {
		r.problem(ErrLengthMismatch, key, v.Offset()+4, fmt.Sprintf("%d entries", v.Len()), fmt.Sprintf("%d, one per token", tokens.Len()), "")
		return gguf.Value{}
	}
	return v
}

func (r *reader) missing(key string) {
	r.problems.add(gguf.Error{Kind: gguf.ErrMissingKey, Key: key, Offset: -1, Advice: "the file was made without a tokenizer or is damaged"})
}

// wrongType points at the type, or at the type of the elements where an array is expected and given.
func (r *reader) wrongType(key string, v gguf.Value, want string) {
	seen, at := v.Type().String(), v.Offset()-4
	if v.Type() == gguf.TypeArray {
		seen, at = "array of "+v.Elem().String(), v.Offset()
	}
	r.problem(gguf.ErrWrongType, key, at, seen, want, "")
}

func (r *reader) problem(kind error, key string, at int64, seen, want, advice string) {
	r.problems.add(gguf.Error{Kind: kind, Key: key, Offset: at, Seen: seen, Expected: want, Advice: advice})
}

func (r *reader) warn(kind error, key string, at int64, seen, want, advice string) {
	r.warnings.add(gguf.Error{Kind: kind, Key: key, Offset: at, Seen: seen, Expected: want, Advice: advice})
}

// asError returns the gguf.Error that err is.
func asError(err error) *gguf.Error {
	var e *gguf.Error
	if errors.As(err, &e) {
		return e
	}
	return &gguf.Error{Kind: err, Offset: -1}
}
