package kernels

import (
	"errors"
	"testing"

	"github.com/sonde-ml/sonde/kernels/cpu"
)

// atLevels calls f with the kernels of each level that can run here, plain Go first, and with those that another processor
// of the level has, which does not look up bytes.
func atLevels(f func(set *Set)) {
	for _, level := range cpu.All() {
		if set, err := At(level); err == nil {
			f(set)
			if other := *set; set.bytes {
				other.bytes, other.rows = false, rowsAt(set.tier, false)
				f(&other)
			}
		}
	}
}

// levelName is the level of a set, and what kernels of its processor leave out.
func levelName(set *Set) string {
	if set.bytes != sets[set.tier].bytes {
		return string(set.Level()) + "-without-bytes"
	}
	return string(set.Level())
}

// atReadings calls f with the kernels of each level, and with those that fetch weights in another way, for products of one
// token. It passes the name of both.
func atReadings(f func(set *Set, name string)) {
	names := [...]string{far: "far", inPairs: "pairs", near: "near"}
	atLevels(func(set *Set) {
		f(set, levelName(set)+"-"+names[set.fetch])
		if set.tier == generic || set.bytes != sets[set.tier].bytes {
			return
		}
		for how := range names {
			if other := *set; reading(how) != set.fetch && (how != int(inPairs) || set.tier == avx2) {
				other.fetch = reading(how)
				f(&other, levelName(&other)+"-"+names[how])
			}
		}
	})
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
