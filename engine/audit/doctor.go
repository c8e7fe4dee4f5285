package audit

import (
	"cmp"
	"context"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
)

// Finding is one thing that is wrong with, or suspicious in, a file. Its JSON is that of sonde doctor.
type Finding struct {
	Tensor   string   `json:"tensor"`        // "" where it is about the metadata
	Key      string   `json:"key,omitempty"` // of the metadata
	Kind     Kind     `json:"kind"`
	Severity Severity `json:"severity"`
	Count    int64    `json:"count"` // of the weights, or scales, that it is about
	First    []int    `json:"first"` // row and column of the first of them; nil where there is no first

	Rows  int    `json:"rows,omitempty"`  // of a run of rows
	Share Number `json:"share,omitempty"` // of codes
	Other string `json:"other,omitempty"` // the tensor that it is the same as

	Evidence string `json:"evidence"` // what was seen, escaped for a terminal
	Why      string `json:"why"`      // what it means
}

// Kind is the word for what was found.
type Kind string

// What the weights show.
const (
	NaNWeights       Kind = "nan_weights"
	InfWeights       Kind = "inf_weights"
	AllZero          Kind = "all_zero"          // a matrix, or the weights of a norm
	ZeroRun          Kind = "zero_run"          // rows that follow each other
	SubnormalScale   Kind = "subnormal_scale"   // of all blocks, with hardly a digit left
	SaturatedCodes   Kind = "saturated_codes"   // at both ends of their range
	Constant         Kind = "constant"          // a matrix
	HugeWeights      Kind = "huge_weights"      // finite, but products of them are not
	IdenticalTensors Kind = "identical_tensors" // of different roles
	ByteSwapped      Kind = "byte_swapped"
)

// Severity says how sure it is that something is wrong.
type Severity string

const (
	SeverityError   Severity = "error"   // the model cannot work, or not as it was trained
	SeverityWarning Severity = "warning" // there are innocent explanations, but few
)

// Doctor looks for what is wrong or suspicious in a file: in its weights, and, for the families that Sonde knows, in its
// metadata. Findings about tensors come first, in the order of the file. None means that nothing was found.
//
// It judges by what cannot be right, not by what is unusual. Small or large norm weights, growth over layers, zero biases,
// rows of zeros for tokens that are not used, subnormal scales of nearly empty blocks, a head that is the embedding again,
// layers that are repeated whole: all this is found in sound models, and reported by [Stats] at most. So is what Sonde
// does not know: another family, another tokenizer. The error says why the file could not be looked through.
func Doctor(ctx context.Context, f *gguf.File, opt Options) ([]Finding, error) {
	tensors := opt.chosen(f)
	s := newStream(ctx, opt, totalWeights(tensors))
	defer s.close()
	findings := []Finding{}
	err := reading(func() error {
		unused := unusedTokens(f)
		for _, t := range tensors {
			found, err := s.examine(t, unused)
			if err != nil {
				return err
			}
			findings = append(findings, found...)
		}
		findings = identical(f, tensors, findings)
		sortLikeFile(findings, tensors)
		about, err := modelFindings(f)
		findings = append(findings, about...)
		return err
	}, f)
	return findings, err
}

func sortLikeFile(findings []Finding, tensors []*gguf.Tensor) {
	place := map[string]int{}
	for i, t := range tensors {
		place[t.Name] = i
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(place[a.Tensor], place[b.Tensor]) })
}

// look is what a part of a tensor, or all of it, shows.
type look struct {
	tensor  *gguf.Tensor
	nonzero []bool // by row of the tensor
	moments kernels.Moments
	nan     hits
	inf     hits
	huge    hits
	scales  scaleSums // of d
}

// hits counts weights and knows where the first one is.
type hits struct {
	count int64
	first int
}

func (h *hits) add(at int) {
	if h.count == 0 {
		h.first = at
	}
	h.count++
}

// merge adds what a later part has.
func (h *hits) merge(o hits) {
	if h.count == 0 {
		h.first = o.first
	}
	h.count += o.count
}

// examine looks at one tensor; unused has the tokens that are.
func (s *stream) examine(t *gguf.Tensor, unused []bool) ([]Finding, error) {
	parts, err := cut(t)
	if err != nil {
		return nil, err
	}
	looks, nonzero := make([]look, len(parts)), make([]bool, t.Rows())
	err = s.each(parts, func(worker int, p part) error {
		looks[p.index] = look{tensor: t, nonzero: nonzero}
		return s.lookAt(worker, p, &looks[p.index])
	})
	if err != nil {
		return nil, err
	}
	all := &looks[0]
	for i := range looks[1:] {
		all.merge(&looks[i+1])
	}
	return all.findings(unused), nil
}

// lookAt gathers what a part shows. Parts are whole rows, so that they share none of nonzero.
func (s *stream) lookAt(worker int, p part, l *look) error {
	scales := scaleFields(p.format)
	return s.chunks(worker, p, func(c chunk) {
		var m kernels.Moments
		m.Add(c.values)
		if m.NonFinite() > 0 {
			l.addNonFinite(c, scales)
		}
		if max(-m.Min(), m.Max()) >= hugeWeight {
			l.addHuge(c)
		}
		l.moments.Merge(&m)
		c.rows(p.RowLen(), func(row, _ int, values []float32) {
			l.nonzero[row] = l.nonzero[row] || !allZero(values)
		})
		if i := slices.IndexFunc(scales, func(f scaleField) bool { return f.name == "d" }); i >= 0 {
			l.scales.add(&scales[i], c.raw, &s.scales[worker])
		}
	})
}

func (l *look) merge(o *look) {
	l.moments.Merge(&o.moments)
	l.nan.merge(o.nan)
	l.inf.merge(o.inf)
	l.huge.merge(o.huge)
	l.scales.merge(&o.scales)
}

func allZero(values []float32) bool {
	for _, v := range values {
		if v != 0 {
			return false
		}
	}
	return true
}

// findings says what is wrong with the tensor. What follows from bytes that are swapped is not said again.
func (l *look) findings(unused []bool) []Finding {
	if isInteger(l.tensor.Type) {
		return nil
	}
	if found := l.byteSwapped(); found != nil {
		return found
	}
	all := slices.Concat(l.notFinite(), l.tooLarge())
	if !isWeight(l.tensor) {
		return all
	}
	return slices.Concat(all, l.flat(), l.zeroRuns(unused), l.subnormal(), l.saturated())
}
