package kernels

import (
	"errors"
	"testing"

	"github.com/sonde-ml/sonde/kernels/cpu"
)

// atLevels calls f with the kernels of each level that can run here, plain Go first, and with those that another processor
// of the level has: which does not look up bytes, or reads weights in another order.
func atLevels(f func(set *Set)) {
	for _, level := range cpu.All() {
		if set, err := At(level); err == nil {
			f(set)
			if other := *set; set.bytes {
				other.bytes, other.rows = false, rowsAt(set.tier, false)
				f(&other)
			}
			for _, other := range otherReadings(set) {
				f(other)
			}
		}
	}
}

// otherReadings returns the kernels of a set for processors that read weights in another order.
func otherReadings(set *Set) (others []*Set) {
	orders := map[tier][]reading{avx2: {inRun, inPairs, near}, avx512: {inRun, near}, vnni: {inRun, near}}
	for _, order := range orders[set.tier] {
		if other := *set; order != set.reads {
			other.reads = order
			others = append(others, &other)
		}
	}
	return others
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
