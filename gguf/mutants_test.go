package gguf

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/internal/hostile"
)

// seeds are the valid files that mutants are made from.
func seeds(t testing.TB) []*hostile.Seed {
	list := []*hostile.Seed{hostile.NewSeed(small())}
	if fixtures.Dir() != "" {
		list = append(list, hostile.Seeds(t)...)
	}
	return list
}

// exercise does with a file all that can be done without writing it, and returns what its errors lack.
func exercise(name string, b []byte) (f *File, fault error) {
	f, err := OpenBytes(name, b)
	for _, e := range flatten(err) {
		if e, ok := e.(*Error); !ok || e.File != name || e.Kind == nil || e.detail() == "" {
			return nil, fmt.Errorf("an error without a file, a kind or a place: %v", e)
		}
	}
	if err != nil {
		return nil, nil
	}
	sum := 0
	for _, kv := range f.Keys() {
		sum += len(fmt.Sprint(kv.Value.Any(-1)))
	}
	for _, t := range f.Tensors() {
		data := t.Bytes()
		if int64(len(data)) != t.Size() || len(data) == 0 {
			return nil, fmt.Errorf("tensor %q has %d bytes, want %d", t.Name, len(data), t.Size())
		}
		sum += int(data[0]) + int(data[len(data)-1])
	}
	if sum < 0 {
		return nil, fmt.Errorf("impossible")
	}
	return f, nil
}

func useMutant(b []byte) error {
	f, err := exercise("mutant", b)
	if err != nil || f == nil {
		return err
	}
	return checkRewrite(f)
}

// checkRewrite writes f in memory, opens what was written and compares the contents.
func checkRewrite(f *File) error {
	b, err := rewrite(f)
	if err != nil {
		return fmt.Errorf("an accepted file cannot be written: %w", err)
	}
	again, err := OpenBytes("again", b)
	if err != nil {
		return fmt.Errorf("what was written cannot be read: %w", err)
	}
	return sameContents(again, f)
}

func rewrite(f *File) ([]byte, error) {
	var tensors []*Tensor
	for _, t := range f.Tensors() {
		tensors = append(tensors, &Tensor{Name: t.Name, Type: t.Type, Shape: t.Shape})
	}
	p, err := planFile("again", f.Keys(), tensors)
	b := p.header
	for _, t := range f.Tensors() {
		b = append(b, t.Bytes()...)
		b = append(b, make([]byte, padding(uint64(len(t.Bytes())), p.alignment))...)
	}
	return b, err
}

var mutants = hostile.Use{Look: useMutant, Most: 50 * time.Millisecond}

func TestMutants(t *testing.T) {
	seeds := seeds(t)
	for n := range uint64(3000) {
		if err := mutants.Check(seeds, n); err != nil {
			t.Errorf("mutant %d: %v", n, err)
		}
	}
}

func TestMutantSoak(t *testing.T) { mutants.Soak(t, seeds(t)) }

// FuzzOpen wants of any bytes that they are refused with a reason, or can be read to the end and written again.
func FuzzOpen(f *testing.F) {
	for _, a := range seeds(f) {
		f.Add(a.File)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := exercise("fuzz", b)
		if err == nil && file != nil {
			err = checkRewrite(file)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

func TestEveryTruncationIsRefused(t *testing.T) {
	for _, a := range seeds(t) {
		f, err := OpenBytes("seed", a.File)
		if err != nil {
			t.Fatal(err)
		}
		end := len(a.File)
		if n := len(f.Tensors()); n > 0 {
			last := f.Tensors()[n-1]
			end = int(last.Offset + last.Size())
		}
		for n := 0; n < end; n += cutStep(f, n) {
			checkCut(t, a.File, n)
		}
		checkCut(t, a.File, end-1)
		if _, err := OpenBytes("whole", a.File[:end]); err != nil {
			t.Errorf("without the last padding: %v", err)
		}
	}
}

// cutStep is 1 in the header. In tensor data one cut is much like the next, and all are tried only with the soak.
func cutStep(f *File, n int) int {
	if int64(n) < f.DataOffset || os.Getenv(hostile.SoakVariable) != "" {
		return 1
	}
	return 7
}

func checkCut(t *testing.T, file []byte, n int) {
	_, err := OpenBytes("cut", file[:n])
	if !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrBadAlignment) {
		t.Errorf("the first %d bytes of %d: %v, want %v", n, len(file), err, ErrTruncated)
	}
}
