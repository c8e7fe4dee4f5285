package kernels

import (
	"errors"
	"testing"

	"github.com/sonde-ml/sonde/kernels/cpu"
)

// atLevels calls f with the kernels of each level that can run here, plain Go first, and with those that another processor
// of the level has: which does not look up bytes, or reads rows of floats in the other order.
func atLevels(f func(set *Set)) {
	for _, level := range cpu.All() {
		if set, err := At(level); err == nil {
			f(set)
			if other := *set; set.bytes {
				other.bytes, other.rows = false, rowsAt(set.tier, false)
				f(&other)
			} else if set.tier == avx2 {
				other.pairs = !set.pairs
				f(&other)
			}
		}
	}
}

func TestAtReturnsTheLevelOrSaysWhyNot(t *testing.T) {
	for _, level := range cpu.All() {
		set, err := At(level)
		if want := cpu.Check(level); (want == nil) != (err == nil) || err == nil && set.Level() != level {
			t.Errorf("%s: got %v, %v, want error %v", level, set, err, want)
		}
	}
	if _, err := At("avx1024"); !errors.Is(err, cpu.ErrUnknown) {
		t.Errorf("got %v, want %v", err, cpu.ErrUnknown)
	}
	if want, _ := cpu.Active(); Active().Level() != want {
		t.Errorf("got level %s active, want %s", Active().Level(), want)
	}
}
