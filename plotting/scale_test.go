package plotting

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
)

// labels returns the labels of the ticks, exponents after ^.
func labels(ticks []plot.Tick) string {
	var list []string
	for _, tick := range ticks {
		if tick.Label != "" {
			list = append(list, strings.ReplaceAll(tick.Label, string(raise), "^"))
		}
	}
	return strings.Join(list, " ")
}

func TestTickLabels(t *testing.T) {
	tests := []struct {
		name   string
		scale  scale
		lo, hi float64
		want   string
	}{
		{"even around zero", linear{5}, -0.36, 0.41, "−0.2 0 0.2 0.4"},
		{"even above 1", linear{4}, 0.98, 1.03, "0.98 1.00 1.02"},
		{"even and small", linear{4}, 0, 3.1e-7, "0 1×10^−7 2×10^−7 3×10^−7"},
		{"even and tiny steps", linear{3}, 1, 1.00003, "1.00000 1.00001 1.00002 1.00003"},
		{"even and large", linear{3}, 0, 2.5e7, "0 1×10^7 2×10^7"},
		{"even, one hundred thousands", linear{3}, 0, 250_000, "0 100000 200000"},
		{"decades", logarithmic{6}, 0.5, 2e4, "1 10 100 1000 10000"},
		{"many decades", logarithmic{5}, 1e-17, 3, "10^−16 10^−12 10^−8 10^−4 1"},
		{"two decades", logarithmic{4}, 0.04, 2, "0.1 1"},
		{"within a decade", logarithmic{4}, 2, 9, "2 5"},
		{"within half a decade", logarithmic{4}, 0.03, 0.045, "0.030 0.035 0.040 0.045"},
		{"both signs", symmetric{0.1, 7}, -20, 20, "0 1 −1 10 −10"},
		{"both signs, one decade", symmetric{0.1, 7}, -0.2, 0.5, "0 0.1 −0.1"},
		{"few layers", integers{16}, -0.5, 4.5, "0 1 2 3 4"},
		{"many layers", integers{16}, -0.5, 79.5, "0 5 10 15 20 25 30 35 40 45 50 55 60 65 70 75"},
	}
	for _, tt := range tests {
		if got := labels(tt.scale.Ticks(tt.lo, tt.hi)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestScalesRiseFromZeroToOne(t *testing.T) {
	tests := []struct {
		name   string
		scale  scale
		lo, hi float64
	}{
		{"linear", linear{5}, -3, 8},
		{"logarithmic", logarithmic{5}, 1e-9, 1e3},
		{"symmetric", symmetric{1e-2, 5}, -5, 80},
		{"integers", integers{5}, 0, 9},
	}
	for _, tt := range tests {
		last := math.Inf(-1)
		for i := range 101 {
			v := tt.lo + (tt.hi-tt.lo)*float64(i)/100
			at := tt.scale.Normalize(tt.lo, tt.hi, v)
			if at <= last || at < -1e-12 || at > 1+1e-12 {
				t.Errorf("%s: %g lies at %g, after %g; want it to rise from 0 to 1", tt.name, v, at, last)
			}
			last = at
		}
		if first := tt.scale.Normalize(tt.lo, tt.hi, tt.lo); math.Abs(first) > 1e-12 || math.Abs(last-1) > 1e-12 {
			t.Errorf("%s: the ends lie at %g and %g, want 0 and 1", tt.name, first, last)
		}
	}
}

func TestLogarithmicPutsWhatItCannotShowAtTheLowerEnd(t *testing.T) {
	for _, v := range []float64{0, -4, math.Inf(-1), math.NaN(), 1e-300} {
		if got := (logarithmic{5}).Normalize(1e-3, 1, v); got != 0 {
			t.Errorf("%g lies at %g, want 0", v, got)
		}
	}
}

func TestNumbersInText(t *testing.T) {
	tests := []struct{ got, want string }{
		{number(-0.58203125), "−0.582"},
		{number(2.49e-5), "2.49e−5"},
		{number(1e30), "1e30"},
		{number(math.NaN()), "NaN"},
		{number(math.Copysign(0, -1)), "0"},
		{count(7), "7"},
		{count(1000), "1,000"},
		{count(500_000_000), "500,000,000"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
