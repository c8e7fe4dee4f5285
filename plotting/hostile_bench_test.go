package plotting

import (
	"errors"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
)

// hostileSpeed is figures that no machine has.
func hostileSpeed() map[string]drawer {
	return map[string]drawer{
		"roofline NaN":          Roofline{Title: nasty, ReadGBps: 1, Roofs: []Roof{{nasty, 1}}, Points: []RooflinePoint{{nasty, nasty, nan, nan, nan}, {nasty, "", 0, inf, -1}}},
		"roofline extremes":     Roofline{ReadGBps: 5e-324, Roofs: []Roof{{"a", 1e300}, {"b", 5e-324}}, Points: []RooflinePoint{{"a", "x", 5e-324, 1e300, 1e300}, {"b", "y", 1e300, 5e-324, 0}}},
		"roofline 9,000 points": Roofline{ReadGBps: 80, Roofs: []Roof{{"int8", 1000}}, Points: slices.Repeat([]RooflinePoint{{"a", "x", 1, 40, 0.1}, {"b", "y", 3, 90, nan}, {nasty, "z", 2, inf, 1}}, 3_000)},
		"costs NaN":             Costs{Title: nasty, Phases: []CostPhase{{nasty, []CostPoint{{-1, nan, inf, 0}, {math.MaxInt, -1, -inf, 5e-324}}}}},
		"costs one":             Costs{Phases: []CostPhase{{"a", []CostPoint{{Tokens: 1, Seconds: 1e300}}}}},
		"costs 100 phases":      Costs{Phases: slices.Repeat([]CostPhase{{nasty, []CostPoint{{1, 1, 2, 3}, {0, 4, 5, 6}}}}, 100)},
		"types NaN":             TypeErrors{Title: nasty, Types: []TypeError{{nasty, nan, nan}, {"", -1, inf}, {"F32", 32, 0}}},
		"types extremes":        TypeErrors{Types: []TypeError{{"A", 5e-324, 1e300}, {nasty, 1e300, 5e-324}, {"Q4_K", 4.5, 1e-3}}},
		"types 9,000":           TypeErrors{Types: slices.Repeat([]TypeError{{"Q4_K", 4.5, 1e-3}, {nasty, 2, 0.1}, {"IQ4_XS", 4.25, 1e-3}}, 3_000)},
	}
}

func TestHostileSpeedIsDrawn(t *testing.T) {
	for name, d := range hostileSpeed() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := d.Draw()
			if err != nil {
				t.Fatal(err)
			}
			f.Subtitle = nasty
			checkFigure(t, f)
			f.Width, f.Height = 4, 4
			checkFigure(t, f)
		})
	}
}

func TestImpossibleSpeedIsRefused(t *testing.T) {
	roofs, points := []Roof{{"int8", 1}}, []RooflinePoint{{Name: "a"}}
	for _, tt := range []struct {
		name string
		plot drawer
		want string
	}{
		{"no reading", Roofline{Roofs: roofs, Points: points}, "ReadGBps has 0"},
		{"infinite reading", Roofline{ReadGBps: inf, Roofs: roofs, Points: points}, "ReadGBps has +Inf"},
		{"no roof", Roofline{ReadGBps: 1, Points: points}, "Roofs has no element"},
		{"roof NaN", Roofline{ReadGBps: 1, Roofs: append(roofs, Roof{"f32", nan}), Points: points}, "Roofs[1].GMACs has NaN"},
		{"no op", Roofline{ReadGBps: 1, Roofs: roofs}, "Points has no element"},
		{"no phase", Costs{}, "Phases has no element"},
		{"no type", TypeErrors{}, "Types has no element"},
		{"no cost", Costs{Phases: []CostPhase{{Name: "decode"}}}, "Phases[0].Points has no element"},
	} {
		_, err := tt.plot.Draw()
		if !errors.Is(err, ErrData) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q in it", tt.name, err, tt.want)
		}
	}
}

func TestNamesOfPicturesAreChecked(t *testing.T) {
	for name, want := range map[string]error{
		"a.png": nil, "testdata/a.SVG": nil, "a.bmp": ErrFormat, "png": ErrFormat, "": ErrFormat, "nowhere/a.png": fs.ErrNotExist,
	} {
		if err := CheckName(name); !errors.Is(err, want) {
			t.Errorf("CheckName(%q) = %v, want %v", name, err, want)
		}
	}
	if err := CheckName("save.go/a.png"); err == nil {
		t.Error("a file for a folder is no error")
	}
}
