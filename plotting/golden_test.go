package plotting

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var regen = flag.Bool("regen", false, "renew the golden figures in testdata")

const (
	goldenSize = 60 * 1024 // bytes, at most
	goldenDPI  = 96        // keeps heatmaps below that
)

// TestFiguresLookAsBefore compares every figure of the gallery with the one in testdata. Where one differs, what was
// drawn and where it differs are kept in _scratch, which git ignores.
func TestFiguresLookAsBefore(t *testing.T) {
	for name, draw := range gallery() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := draw()
			if err != nil {
				t.Fatal(err)
			}
			f.DPI = goldenDPI
			got, err := f.PNG()
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+".png")
			if *regen {
				writeFile(t, path, got)
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("no golden figure (-regen makes it): %v", err)
			}
			if len(want) > goldenSize {
				t.Errorf("the golden figure has %d bytes, want at most %d", len(want), goldenSize)
			}
			compareFigures(t, name, decode(t, got), decode(t, want))
		})
	}
}

// compareFigures allows for what rounding on other processors does to the edges of lines and letters.
func compareFigures(t *testing.T, name string, got, want image.Image) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("the figure is %v, want %v", got.Bounds(), want.Bounds())
	}
	const tolerance, share = 40, 0.001
	diff := image.NewGray(want.Bounds())
	differing := 0
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			d := distance(got.At(x, y), want.At(x, y))
			diff.SetGray(x, y, color.Gray{Y: 255 - d})
			if d > tolerance {
				differing++
			}
		}
	}
	pixels := want.Bounds().Dx() * want.Bounds().Dy()
	if float64(differing) <= share*float64(pixels) {
		return
	}
	keep(t, name+".got.png", got)
	keep(t, name+".diff.png", diff)
	t.Errorf("%d of %d pixels differ from testdata/%s.png, want at most %g of them: see _scratch/%s.diff.png; -regen if it is better now",
		differing, pixels, name, share, name)
}

// distance is the largest difference of a channel.
func distance(a, b color.Color) uint8 {
	p, q := color.RGBAModel.Convert(a).(color.RGBA), color.RGBAModel.Convert(b).(color.RGBA)
	channel := func(x, y uint8) uint8 { return max(x, y) - min(x, y) }
	return max(channel(p.R, q.R), channel(p.G, q.G), channel(p.B, q.B))
}

func keep(t *testing.T, name string, img image.Image) {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join("_scratch", name), out.Bytes())
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}
