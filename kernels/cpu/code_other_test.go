//go:build !amd64 || purego

package cpu

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

// TestLevelsWithoutCodeAreRefused has a program without assembly, whatever the processor can do.
func TestLevelsWithoutCodeAreRefused(t *testing.T) {
	for _, l := range All()[1:] {
		got, err := choose(string(l))
		if got != Generic || !errors.Is(err, ErrNoCode) {
			t.Errorf("%s: got %q and error %v, want %q and %v", l, got, err, Generic, ErrNoCode)
			continue
		}
		for _, want := range []string{"SONDE_CPU=" + string(l), noCode, "levels here: generic"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got error %q, want %q in it", l, err, want)
			}
		}
	}
	if !strings.Contains(noCode, "purego") && !strings.Contains(noCode, runtime.GOARCH) {
		t.Errorf("the reason is %q, want the tag or the architecture in it", noCode)
	}
}
