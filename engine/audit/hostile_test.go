package audit

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// TestHostileFiles looks at every file of the corpus in every way: what can be opened must be looked through without a
// panic, and whatever is wrong be an error or a finding.
func TestHostileFiles(t *testing.T) {
	seed := open(t, "malformed/seed-f32.gguf")
	for _, c := range fixtures.MalformedCases(t) {
		path := c.Path(t)
		f, err := gguf.Open(path)
		if err != nil {
			continue
		}
		if _, err := Inspect(path); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		lookEverywhere(t, f, seed)
		f.Close()
	}
}

func lookEverywhere(tb testing.TB, f, other *gguf.File) {
	tb.Helper()
	ctx := context.Background()
	if stats, err := Stats(ctx, f, Options{}); err != nil || len(stats) != len(f.Tensors()) {
		tb.Errorf("%s: got %d statistics of %d tensors: %v", f.Name, len(stats), len(f.Tensors()), err)
	}
	if _, err := Doctor(ctx, f, Options{}); err != nil {
		tb.Errorf("%s: %v", f.Name, err)
	}
	if _, err := Diff(ctx, other, f, Options{}); err != nil {
		tb.Errorf("%s: %v", f.Name, err)
	}
	for _, t := range f.Tensors() {
		if _, err := Show(ctx, f, t.Name, ShowOptions{Blocks: Range{0, 1}}); err != nil {
			tb.Errorf("%s: %v", f.Name, err)
		}
	}
}

// TestHostileHeaders does so for what can be seen of files that cannot be opened: there may be no data to look at.
func TestHostileHeaders(t *testing.T) {
	for _, c := range fixtures.MalformedCases(t) {
		f, _ := gguf.ExamineHeader(c.Path(t))
		if f == nil {
			continue
		}
		ctx := context.Background()
		Stats(ctx, f, Options{})
		Doctor(ctx, f, Options{})
		Diff(ctx, f, f, Options{})
		for _, w := range f.Tensors() {
			Show(ctx, f, w.Name, ShowOptions{})
		}
		f.Close()
	}
}

// FuzzLook gives mutants of the corpus to everything that looks at weights.
func FuzzLook(f *testing.F) {
	for _, name := range []string{"seed-f32", "seed-q8_0", "seed-q4_k", "V05-bf16-nan-inf", "C08-big-endian", "C141-all-types"} {
		b, err := os.ReadFile(fixtures.Path(f, "malformed/"+name+".gguf"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := gguf.OpenBytes("fuzz.gguf", b)
		if err != nil {
			return
		}
		defer file.Close()
		lookEverywhere(t, file, file)
	})
}

// TestBigEndian wants of a big-endian file what its little-endian twin gives.
func TestBigEndian(t *testing.T) {
	d, err := Diff(context.Background(), open(t, "malformed/seed-f32.gguf"), open(t, "malformed/C08-big-endian.gguf"), Options{})
	if err != nil || d.Any() || d.Equal == 0 {
		t.Errorf("got %+v, %v, want no difference", d, err)
	}
}

// TestSplit wants of a split what the whole file gives.
func TestSplit(t *testing.T) {
	split := open(t, "malformed/S01-00002-of-00002.gguf")
	d, err := Diff(context.Background(), open(t, "malformed/seed-f32.gguf"), split, Options{})
	if err != nil || len(d.Tensors) > 0 || d.Equal == 0 {
		t.Errorf("got %+v, %v, want the same tensors", d, err)
	}
}

func TestCancelled(t *testing.T) {
	f := open(t, "models/llama-q4_k_m.gguf")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err1 := Doctor(ctx, f, Options{})
	_, err2 := Diff(ctx, f, f, Options{})
	_, err3 := Show(ctx, f, "output_norm.weight", ShowOptions{})
	for i, err := range []error{err1, err2, err3} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%d: got %v, want %v", i, err, context.Canceled)
		}
	}
}
