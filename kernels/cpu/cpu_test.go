package cpu

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestBestIsTheHighestLevelThatCanBeUsed(t *testing.T) {
	best := Best()
	for i, l := range All() {
		if got, want := Check(l) == nil, i <= slices.Index(All(), best); got != want {
			t.Errorf("%s can be used: %v, want %v, since %s is the best", l, got, want, best)
		}
	}
	if runtime.GOARCH != "amd64" && best != Generic {
		t.Errorf("Best() = %q on %s, want %q", best, runtime.GOARCH, Generic)
	}
}

func TestChoose(t *testing.T) {
	for _, test := range []struct {
		name string
		want Level
		kind error
	}{
		{"", Best(), nil},
		{"generic", Generic, nil},
		{string(Best()), Best(), nil},
		{"avx1024", Best(), ErrUnknown},
		{"AVX2", Best(), ErrUnknown},
	} {
		got, err := choose(test.name)
		if got != test.want || !errors.Is(err, test.kind) {
			t.Errorf("%q: got %q and error %v, want %q and %v", test.name, got, err, test.want, test.kind)
		}
	}
}

func TestErrorTellsTheStory(t *testing.T) {
	for _, test := range []struct {
		err  *Error
		want []string
	}{
		{&Error{Level: "avx1024", Kind: ErrUnknown, From: Variable}, []string{"SONDE_CPU=avx1024", "no such level", "levels here: generic"}},
		{&Error{Level: AVX2, Kind: ErrUnsupported, Reason: "it lacks FMA3"}, []string{`"avx2": not supported`, "it lacks FMA3"}},
	} {
		for _, want := range test.want {
			if got := test.err.Error(); !strings.Contains(got, want) {
				t.Errorf("got %q, want %q in it", got, want)
			}
		}
	}
}

func TestLevelsSayWhy(t *testing.T) {
	active, _ := Active()
	for i, s := range Levels() {
		if s.Level != All()[i] || s.Used != (s.Level == active) || s.Why == "" {
			t.Errorf("got %+v, want level %s, used: %v, and a reason", s, All()[i], All()[i] == active)
		}
	}
	for _, test := range []struct {
		level, used Level
		forced      bool
		want        string
	}{
		{Generic, Generic, true, "SONDE_CPU asks for it"},
		{Generic, AVX2, true, "SONDE_CPU asks for avx2"},
		{Generic, Generic, false, "the highest level here"},
		{Generic, AVX2, false, "avx2 is higher"},
		{"avx1024", AVX2, false, "no such level"},
	} {
		if got := why(test.level, test.used, test.forced); got != test.want {
			t.Errorf("%s beside %s: got %q, want %q", test.level, test.used, got, test.want)
		}
	}
}
