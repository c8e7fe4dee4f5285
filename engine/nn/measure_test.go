package nn_test

import (
	"math"
	"testing"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/kernels"
)

// A hook that sums up every output sees the same numbers as one that looks for itself, on any number of threads.
func TestMomentsOfOps(t *testing.T) {
	long := &nn.Op{Out: randomTensor(4, 3, 30011)}
	var want kernels.Moments
	want.Add(long.Out.Data)
	got := long.Moments()
	if got.Count() != want.Count() || got.Min() != want.Min() || got.Max() != want.Max() {
		t.Errorf("%d numbers from %v to %v, want %d from %v to %v", got.Count(), got.Min(), got.Max(), want.Count(), want.Min(), want.Max())
	}
	if math.Abs(got.RMS()-want.RMS()) > 1e-12 || math.Abs(got.Mean()-want.Mean()) > 1e-12 {
		t.Errorf("rms %v and mean %v, want %v and %v", got.RMS(), got.Mean(), want.RMS(), want.Mean())
	}
	if one, three := momentsOfPass(t, 1), momentsOfPass(t, 3); !equalMoments(one, three) {
		t.Errorf("on 3 threads the moments of a pass are %v, want those on one, %v", three, one)
	}
}

func momentsOfPass(t *testing.T, threads int) []kernels.Moments {
	t.Helper()
	var list []kernels.Moments
	hooks := nn.NewHooks(toyPoints(t))
	_, err := hooks.On("*", func(op *nn.Op) error { list = append(list, op.Moments()); return nil })
	must(t, err)
	runToy(t, nn.Fast, threads, hooks, toyPrompt)
	return list
}

func equalMoments(a, b []kernels.Moments) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b) && len(a) > 0
}
