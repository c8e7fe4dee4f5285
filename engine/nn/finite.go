package nn

import "github.com/sonde-ml/sonde/kernels"

// The first op whose output is not finite is found by looking at few outputs: a NaN or an infinity that went into a
// product is in what came out of it, so an output is looked at where nothing passed it on. Only when something is found
// there, those before are looked at too. Reading all outputs again would cost some percent of a prefill, more the longer
// ago they were written.

// passesOn are the kinds of op whose output, in Sonde's own numerics, is not finite where an input is not. Attention is
// none of them: a key of infinities may get no weight.
var passesOn = map[Kind]bool{RMSNorm: true, MatMul: true, Rotate: true, Sum: true, SwiGLU: true, ExpertMatMul: true, ExpertSum: true}

// notice keeps s in mind until look.
func (r *Runner) notice(s *slot) {
	if r.nonFinite != "" || s.op.Out.Data == nil {
		return
	}
	s.passedOn = false
	if s.hooks == nil && r.numerics.passesOn(s.op.Kind) {
		for _, t := range s.op.In {
			r.passOn(t)
		}
	}
	r.unseen = append(r.unseen, s)
	if s.hooks != nil {
		r.look() // at once, while the caches hold what the hook may have read
	}
}

// passOn says that what is not finite in t shows in the output of another op.
func (r *Runner) passOn(t *Tensor) {
	for _, s := range r.unseen {
		if s.op.Out == t {
			s.passedOn = true
		}
	}
}

// look looks at the outputs since the last look. It comes before their memory is used again.
func (r *Runner) look() {
	for _, s := range r.unseen {
		if !s.passedOn && !s.op.finite() {
			r.nonFinite = r.firstNonFinite()
			break
		}
	}
	r.unseen = r.unseen[:0]
}

func (r *Runner) firstNonFinite() string {
	for _, s := range r.unseen {
		if !s.op.finite() {
			return s.op.Name
		}
	}
	return ""
}

// finitePiece is how many numbers a worker looks at without a pause. A number costs about a quarter of a multiply-add.
const finitePiece = 1 << 12

// finite reports whether all numbers of the output are.
func (op *Op) finite() bool {
	if op.work == nil {
		return kernels.Finite(op.Out.Data)
	}
	for i := range op.work.scratch {
		op.work.scratch[i].odd = false
	}
	err := op.each((len(op.Out.Data)+finitePiece-1)/finitePiece, finitePiece/4, func(op *Op, s *scratch, lo, hi int) {
		all := op.Out.Data
		s.odd = s.odd || !kernels.Finite(all[lo*finitePiece:min(len(all), hi*finitePiece)])
	})
	for i := range op.work.scratch {
		if op.work.scratch[i].odd {
			return false
		}
	}
	return err == nil
}
