package plotting

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/kernels"
)

// nasty is text that breaks terminals, XML and fonts.
const nasty = "\x1b[31m<script>alert('&\"')</script>\xff\u202e\u0000\n\ue000你\U0001F600 ]]>"

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

type drawer interface{ Draw() (*Figure, error) }

// hostile is data that no model should have, and some will.
func hostile() map[string]drawer {
	names := []string{nasty, nasty, strings.Repeat("long ", 1e4)}
	many := layerStats(10_000, 0.01, 1e-4, 0.3)
	points := residualPoints(2_000, 3)
	return map[string]drawer{
		"histogram constant":        Histogram{Samples: values(1.25, 1.25, 1.25)},
		"histogram zeros":           Histogram{Samples: values(0, 0, 0, 0)},
		"histogram one value":       Histogram{Samples: values(-3e-39)},
		"histogram extremes":        Histogram{Samples: values(math.MaxFloat32, -math.MaxFloat32, 1)},
		"histogram nearly equal":    Histogram{Samples: values(1e30, math.Nextafter(1e30, inf), 1.0001e30)},
		"histogram subnormal":       Histogram{Samples: values(1e-45, -1e-45, 3e-45, 0)},
		"histogram NaN":             Histogram{Title: nasty, Samples: values(nan, nan)},
		"histogram infinite":        Histogram{Samples: values(inf, -inf, 1, 2)},
		"histogram mostly equal":    Histogram{Samples: values(0, 0, 0, 0, 0, 0, 0, 0, 1e30)},
		"histogram one without any": Histogram{Samples: append(values(nan), values(1, 2, 3)...)},
		"layers NaN":                LayerStats{Title: nasty, Layers: []LayerStat{{Layer: 3, Min: nan, Mean: nan, Max: nan, RMS: nan}}},
		"layers one":                LayerStats{Layers: []LayerStat{{Layer: 0, Min: -1, Max: 1, RMS: 0.5}}},
		"layers zero":               LayerStats{Layers: []LayerStat{{Layer: 0}, {Layer: 1}}},
		"layers extremes":           LayerStats{Layers: []LayerStat{{Min: -math.MaxFloat64, Max: math.MaxFloat64, RMS: 5e-324}, {Layer: math.MaxInt, Min: -5e-324, Max: 1e300, RMS: 1e300}}},
		"layers 10,000":             LayerStats{Layers: many},
		"residual NaN":              ResidualNorms{Points: []ResidualPoint{{Layer: -1, RMS: []float64{nan, inf}}, {RMS: []float64{0, -1}}}},
		"residual one":              ResidualNorms{Title: nasty, Points: []ResidualPoint{{Layer: -1, RMS: []float64{1}}}},
		"residual disordered":       ResidualNorms{Points: []ResidualPoint{{Layer: 9, RMS: []float64{1}}, {Layer: -1, RMS: []float64{2}}, {Layer: math.MinInt, RMS: []float64{3}}}},
		"residual 2,000 layers":     ResidualNorms{Points: points},
		"attention NaN":             AttentionPattern{Title: nasty, Weights: []float32{float32(nan)}, Queries: names[:1], Keys: names[:1]},
		"attention infinite":        AttentionPattern{Weights: []float32{float32(inf), -1, 2}, Queries: names, Keys: names[:1], Encoder: true, ToMax: true},
		"attention one query":       AttentionPattern{Weights: make([]float32, 3000), Queries: names[:1], Keys: slices.Repeat(names[:1], 3000), Scale: Log},
		"attention zeros":           AttentionPattern{Weights: make([]float32, 9), Queries: names, Keys: names, Scale: Difference},
		"attention 1,100 tokens":    AttentionPattern{Weights: pattern(1100, 1100, 9), Queries: slices.Repeat(names[:1], 1100), Keys: slices.Repeat(names[:1], 1100)},
		"errors NaN":                OpErrors{Title: nasty, Ops: []OpError{{Op: nasty, NMSE: nan}, {Op: "blk." + nasty + ".x", NMSE: -1}}},
		"errors equal":              OpErrors{Ops: []OpError{{Op: "a", Equal: true}, {Op: "b", Equal: true}}, Tolerance: 1e-10},
		"errors extremes":           OpErrors{Ops: []OpError{{Op: "a", NMSE: math.MaxFloat64}, {Op: "b", NMSE: 5e-324}, {Op: "c"}}, Tolerance: 1e300},
		"errors 6,000 ops":          OpErrors{Ops: slices.Repeat([]OpError{{Op: "blk.1.a", NMSE: 1e-3}, {Op: "blk.2.a", NMSE: inf}, {Op: nasty, Equal: true}}, 2_000)},
	}
}

func values(vs ...float64) []Sample {
	var s Sample
	for _, v := range vs {
		s.Values = append(s.Values, float32(v))
	}
	s.Name = nasty
	return []Sample{s}
}

// TestHostileDataIsDrawn draws everything in both formats, at the usual size and at the smallest.
func TestHostileDataIsDrawn(t *testing.T) {
	for name, d := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := d.Draw()
			if err != nil {
				t.Fatal(err)
			}
			f.Subtitle, f.Caption = nasty, nasty+f.Caption
			checkFigure(t, f)
			f.Width, f.Height = 4, 4
			checkFigure(t, f)
		})
	}
}

func TestGalleryIsInertXML(t *testing.T) {
	for name, draw := range gallery() {
		f, err := draw()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		f.Title, f.Subtitle, f.Caption = nasty, nasty, nasty
		checkSVG(t, f)
	}
}

func checkFigure(t *testing.T, f *Figure) {
	t.Helper()
	f.DPI = 40
	if _, err := f.PNG(); err != nil {
		t.Error(err)
	}
	checkSVG(t, f)
}

// checkSVG reads the document as XML and refuses what could run or load something, and coordinates that are no numbers.
func checkSVG(t *testing.T, f *Figure) {
	t.Helper()
	document, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if element, ok := token.(xml.StartElement); ok {
			if err := inert(element); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func inert(e xml.StartElement) error {
	if !slices.Contains([]string{"svg", "g", "path", "text", "image"}, e.Name.Local) {
		return fmt.Errorf("element <%s>", e.Name.Local)
	}
	for _, a := range e.Attr {
		switch name := a.Name.Local; {
		case strings.HasPrefix(name, "on"),
			name == "href" && !strings.HasPrefix(a.Value, "data:image/png;base64,"),
			name != "href" && (strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf")):
			return fmt.Errorf("<%s> has %s=%.40q", e.Name.Local, name, a.Value)
		}
	}
	return nil
}

func TestImpossibleDataIsRefused(t *testing.T) {
	two := []string{"a", "b"}
	tests := []struct {
		name string
		plot drawer
		want string // part of the message
	}{
		{"no sample", Histogram{}, "Samples has no element"},
		{"empty sample", Histogram{Samples: []Sample{{}}}, "Samples[0] has no values"},
		{"empty tally", Histogram{Samples: []Sample{{Tally: new(kernels.Tally)}}}, "Samples[0] has no values"},
		{"both forms", Histogram{Samples: []Sample{{Tally: new(kernels.Tally), Values: []float32{1}}}}, "both"},
		{"too many samples", Histogram{Samples: slices.Repeat(values(1), 7)}, "7 elements"},
		{"no layer", LayerStats{}, "Layers has no element"},
		{"a layer twice", LayerStats{Layers: []LayerStat{{Layer: 4}, {Layer: 1}, {Layer: 4}}}, "layer 4 twice"},
		{"no point", ResidualNorms{}, "Points has no element"},
		{"no token", ResidualNorms{Points: []ResidualPoint{{}}}, "Points[0].RMS has 0 tokens"},
		{"other tokens", ResidualNorms{Points: []ResidualPoint{{RMS: []float64{1, 2}}, {RMS: []float64{1}}}}, "Points[1].RMS has 1 tokens"},
		{"no query", AttentionPattern{Keys: two}, "Queries has no token"},
		{"no key", AttentionPattern{Queries: two, Encoder: true}, "Weights has 0 values"},
		{"more queries than keys", AttentionPattern{Queries: two, Keys: two[:1], Weights: make([]float32, 2)}, "Keys has 1 tokens"},
		{"too few weights", AttentionPattern{Queries: two, Keys: two, Weights: make([]float32, 3)}, "4 = 2 queries × 2 keys"},
		{"unknown scale", AttentionPattern{Queries: two, Keys: two, Weights: make([]float32, 4), Scale: 7}, "unknown value 7"},
		{"no op", OpErrors{}, "Ops has no element"},
		{"tolerance NaN", OpErrors{Ops: []OpError{{}}, Tolerance: nan}, "Tolerance has NaN"},
	}
	for _, tt := range tests {
		_, err := tt.plot.Draw()
		var data *DataError
		if !errors.As(err, &data) || !errors.Is(err, ErrData) {
			t.Errorf("%s: got %v, want a DataError", tt.name, err)
		} else if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %q, want it to contain %q", tt.name, err, tt.want)
		}
	}
}

// FuzzDraw reads the fuzzer's bytes as the numbers of every kind of figure.
func FuzzDraw(f *testing.F) {
	f.Add([]byte{}, "")
	f.Add(bytes.Repeat([]byte{0x80, 0x3f, 0xc0, 0x7f}, 9), nasty)
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		data = data[:min(len(data), 512)]
		var v32 []float32
		var v64 []float64
		for i := 0; i+8 <= len(data); i += 8 {
			v32 = append(v32, math.Float32frombits(binary.LittleEndian.Uint32(data[i:])))
			v64 = append(v64, math.Float64frombits(binary.LittleEndian.Uint64(data[i:])))
		}
		for _, d := range fuzzed(v32, v64, text) {
			figure, err := d.Draw()
			if err != nil && !errors.Is(err, ErrData) {
				t.Fatal(err)
			}
			if err == nil {
				checkSVG(t, figure)
			}
		}
	})
}

func fuzzed(v32 []float32, v64 []float64, text string) []drawer {
	var layers []LayerStat
	var points []ResidualPoint
	var ops []OpError
	var tolerance float64
	for i, v := range v64 {
		tolerance = math.Abs(v)
		layers = append(layers, LayerStat{Layer: i, Min: v, Mean: v64[len(v64)-1-i], Max: -v, RMS: v64[i/2]})
		points = append(points, ResidualPoint{Layer: i / 2, RMS: []float64{v, v64[i/2], v64[i/3]}})
		ops = append(ops, OpError{Op: fmt.Sprintf("blk.%d.%s", i/3, text), NMSE: v})
	}
	keys := slices.Repeat([]string{text}, len(v32))
	return []drawer{
		Histogram{Title: text, Samples: []Sample{{Name: text, Values: v32}}},
		Histogram{Samples: []Sample{{Values: v32}, {Name: text, Values: []float32{1, 2}}}},
		LayerStats{Subtitle: text, Layers: layers},
		ResidualNorms{Points: points},
		OpErrors{Ops: ops, Tolerance: tolerance},
		AttentionPattern{Weights: v32, Queries: []string{text}, Keys: keys},
		AttentionPattern{Weights: v32, Queries: []string{text}, Keys: keys, Scale: Log, Encoder: true},
		AttentionPattern{Weights: v32, Queries: []string{text}, Keys: keys, Scale: Difference},
	}
}
