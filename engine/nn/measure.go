package nn

import (
	"math"

	"github.com/sonde-ml/sonde/kernels"
)

// RMS returns the root of the mean square of the numbers, NaN if there are none.
func (t *Tensor) RMS() float64 {
	return math.Sqrt(dot64(t.Data, t.Data) / float64(len(t.Data)))
}

// NMSE returns Σ(got−ref)²/Σref², the error of got relative to the energy of ref. It is 0 where the two are the same,
// NaN where one holds a NaN or the shapes differ.
func NMSE(got, ref *Tensor) float64 {
	if len(got.Data) != len(ref.Data) {
		return math.NaN()
	}
	var diff float64
	for i, r := range ref.Data {
		d := float64(got.Data[i]) - float64(r)
		diff += d * d
	}
	if diff == 0 {
		return 0
	}
	return diff / dot64(ref.Data, ref.Data)
}

// momentsPiece is how many numbers one worker sums up. It is fixed, so that the sums are the same for any number of workers.
const momentsPiece = 1 << 15

// Moments sums up the numbers of the output, on the threads of the session: the cheap way for a hook to watch every op.
// It is empty where the output holds ids. The bits do not depend on the number of threads.
func (op *Op) Moments() kernels.Moments {
	var sum kernels.Moments
	if op.work == nil {
		alone := *op
		alone.work = newWorkspace(1)
		op = &alone
	}
	pieces := resized(op.work.moments, (len(op.Out.Data)+momentsPiece-1)/momentsPiece)
	op.work.moments = pieces
	clear(pieces)
	// No fault is possible: outputs do not lie in the file.
	_ = op.each(len(pieces), momentsPiece/2, func(op *Op, _ *scratch, lo, hi int) {
		for i := lo; i < hi; i++ {
			op.work.moments[i].Add(op.Out.Data[i*momentsPiece : min(len(op.Out.Data), (i+1)*momentsPiece)])
		}
	})
	for i := range pieces {
		sum.Merge(&pieces[i])
	}
	return sum
}
