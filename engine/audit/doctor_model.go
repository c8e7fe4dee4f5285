package audit

import (
	"errors"
	"slices"
	"strings"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
)

// kindOf returns the word for a problem with a model or a tokenizer; "" for what is not the file's fault: a family, a
// feature or a kind of tokenizer that this program does not know.
func kindOf(err error) Kind {
	for _, row := range []struct {
		err  error
		kind Kind
	}{
		{gguf.ErrMissingKey, "missing_key"},
		{gguf.ErrWrongType, "wrong_type"},
		{gguf.ErrBadValue, "bad_value"},
		{gguf.ErrBadCount, "bad_count"},
		{arch.ErrMissingTensor, "missing_tensor"},
		{arch.ErrWrongShape, "wrong_shape"},
		{arch.ErrWrongTensorType, "wrong_tensor_type"},
		{arch.ErrLengthMismatch, "length_mismatch"},
		{token.ErrLengthMismatch, "length_mismatch"},
		{token.ErrBadID, "bad_token_id"},
		{token.ErrDuplicateToken, "duplicate_token"},
		{token.ErrBadByteToken, "bad_byte_token"},
		{token.ErrBadMerge, "bad_merge"},
		{token.ErrBadCharsmap, "bad_charsmap"},
	} {
		if errors.Is(err, row.err) {
			return row.kind
		}
	}
	return ""
}

// modelFindings says what keeps the file from being the model that it says it is.
func modelFindings(f *gguf.File) ([]Finding, error) {
	if kind, err := f.String("general.type"); err == nil && kind != "model" {
		return nil, nil // an adapter, an importance matrix: not all of a model, by design
	}
	var problems, warnings []error
	if v, ok := f.Lookup(architectureKey); ok && v.Any(0) == "" { // no family at all, where others are just not known here
		problems = append(problems, &gguf.Error{File: f.Name, Kind: gguf.ErrBadValue, Key: architectureKey,
			Field: "value", Seen: `""`, Expected: "the name of a family, such as llama", Offset: v.Offset()})
	}
	if len(f.Tensors()) > 0 {
		m, err := arch.Load(f)
		problems = append(problems, withoutConsequences(parts(err))...)
		if m != nil {
			warnings = append(warnings, m.Warnings...)
		}
	}
	if hasTokenizer(f) {
		v, err := token.New(f)
		if v != nil {
			warnings = append(warnings, v.Warnings()...)
			err = v.Check()
		}
		problems = append(problems, parts(err)...)
	}
	return describeProblems(problems, warnings)
}

const architectureKey = "general.architecture"

func hasTokenizer(f *gguf.File) bool {
	return slices.ContainsFunc(f.Keys(), func(kv gguf.KV) bool { return strings.HasPrefix(kv.Key, "tokenizer.ggml.") })
}

// withoutConsequences leaves out missing and misshapen tensors of a model that has something which this program does
// not know: they may follow from that.
func withoutConsequences(problems []error) []error {
	if !slices.ContainsFunc(problems, func(err error) bool { return errors.Is(err, arch.ErrUnsupported) }) {
		return problems
	}
	return slices.DeleteFunc(problems, func(err error) bool {
		return errors.Is(err, arch.ErrMissingTensor) || errors.Is(err, arch.ErrWrongShape)
	})
}

// describeProblems makes findings of problems, and of those warnings that are about a value that makes no sense. A fault
// of the mapped file is an error.
func describeProblems(problems, warnings []error) ([]Finding, error) {
	var found []Finding
	said := map[string]bool{} // a tied weight is bound twice
	add := func(f Finding) {
		if !said[f.Evidence] {
			found = append(found, f)
		}
		said[f.Evidence] = true
	}
	for _, err := range problems {
		if fault := (*gguf.MapFaultError)(nil); errors.As(err, &fault) {
			return found, err
		}
		if kind := kindOf(err); kind != "" {
			add(describeProblem(err, kind, SeverityError, "the model, or its tokenizer, cannot be used as it is"))
		}
	}
	for _, err := range warnings {
		if kind := kindOf(err); kind == "bad_value" || kind == "bad_token_id" {
			add(describeProblem(err, kind, SeverityWarning, "the value makes no sense and is read as something else, or left out"))
		}
	}
	return found, nil
}

func describeProblem(err error, kind Kind, severity Severity, why string) Finding {
	f := Finding{Kind: kind, Severity: severity, Count: 1, Evidence: err.Error(), Why: why}
	if e := (*gguf.Error)(nil); errors.As(err, &e) {
		f.Tensor, f.Key = e.Tensor, e.Key
		f.Evidence = strings.TrimPrefix(f.Evidence, escape.Text(e.File)+": ")
	}
	return f
}
