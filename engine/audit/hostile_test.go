package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/internal/hostile"
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
		_, err = Inspect(path)
		if err := errors.Join(err, lookEverywhere(f, seed)); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		f.Close()
	}
}

// lookEverywhere looks at a file in every way, and compares it with another.
func lookEverywhere(f, other *gguf.File) error {
	ctx := context.Background()
	stats, err := Stats(ctx, f, Options{})
	if err == nil && len(stats) != len(f.Tensors()) {
		err = fmt.Errorf("got %d statistics of %d tensors", len(stats), len(f.Tensors()))
	}
	_, err2 := Doctor(ctx, f, Options{}) // loads it as a model, too
	_, err3 := Diff(ctx, other, f, Options{})
	errs := []error{err, err2, err3}
	for _, t := range f.Tensors() {
		_, err := Show(ctx, f, t.Name, ShowOptions{Blocks: Range{0, 1}})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

var mutants = hostile.Use{Look: lookAtMutant, Most: time.Second}

// TestMutants does so for the seeds of the corpus, broken where readers break.
func TestMutants(t *testing.T) {
	seeds := hostile.Seeds(t)
	for n := range uint64(500) {
		if err := mutants.Check(seeds, n); err != nil {
			t.Errorf("mutant %d: %v", n, err)
		}
	}
}

func TestMutantSoak(t *testing.T) { mutants.Soak(t, hostile.Seeds(t)) }

func lookAtMutant(b []byte) error {
	f, err := gguf.OpenBytes("mutant.gguf", b)
	if err != nil {
		return nil // tested in package gguf
	}
	defer f.Close()
	return lookEverywhere(f, f)
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
		if err := lookAtMutant(b); err != nil {
			t.Error(err)
		}
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
