package plotting

import (
	"bytes"
	"errors"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func figure(t *testing.T) *Figure {
	t.Helper()
	f, err := histogramOfNorm()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSaveChoosesTheFormatByName(t *testing.T) {
	tests := []struct{ file, magic string }{
		{"weights.png", "\x89PNG"},
		{"weights.PNG", "\x89PNG"},
		{"weights.svg", "<?xml"},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), tt.file)
		if err := figure(t).Save(path); err != nil {
			t.Error(err)
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(data, []byte(tt.magic)) {
			t.Errorf("%s begins with %.8q (%v), want %q", tt.file, data, err, tt.magic)
		}
	}
}

func TestSaveRefusesOtherFormats(t *testing.T) {
	for _, name := range []string{"weights.pdf", "weights", "weights.", "png"} {
		path := filepath.Join(t.TempDir(), name)
		err := figure(t).Save(path)
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), ".png or .svg") {
			t.Errorf("%s: got %v, want ErrFormat that names the formats", name, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

func TestSaveLeavesTheOldFileWhenItFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "old.png")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := figure(t)
	f.Width = -1
	if err := f.Save(path); !errors.Is(err, ErrSize) {
		t.Errorf("got %v, want ErrSize", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "old" {
		t.Errorf("the file holds %q (%v), want what it held before", data, err)
	}
	if err := f.Save(filepath.Join(dir, "missing", "new.png")); err == nil {
		t.Error("saved into a folder that does not exist")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left, want 1", len(entries))
	}
}

func TestImpossibleSizesAreRefused(t *testing.T) {
	tests := []struct {
		width, height float64
		dpi           int
	}{
		{0, 9, 0}, {16, -9, 0}, {math.NaN(), 9, 0}, {math.Inf(1), 9, 0}, {3.9, 9, 0}, {16, 9, -1}, {1000, 1000, 600}, {16, 9, math.MaxInt},
	}
	for _, tt := range tests {
		f := figure(t)
		f.Width, f.Height, f.DPI = tt.width, tt.height, tt.dpi
		if _, err := f.PNG(); !errors.Is(err, ErrSize) {
			t.Errorf("%g × %g cm at %d: got %v, want ErrSize", tt.width, tt.height, tt.dpi, err)
		}
	}
}

func TestPNGHasTheSizeAskedFor(t *testing.T) {
	f := figure(t)
	f.Width, f.Height, f.DPI = 12.7, 7.62, 100
	data, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width != 500 || config.Height != 300 {
		t.Errorf("got %d × %d pixels (%v), want 500 × 300", config.Width, config.Height, err)
	}
}

func TestFiguresMayBeWrittenAtOnce(t *testing.T) {
	f, err := errorsOfFewOps()
	if err != nil {
		t.Fatal(err)
	}
	f.DPI = 50
	want, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			if got, err := f.PNG(); err != nil || !bytes.Equal(got, want) {
				t.Errorf("a figure written beside others is another (%v)", err)
			}
		})
	}
	writers.Wait()
}
