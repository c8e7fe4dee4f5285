package gguf

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func writeFile(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// write writes a file with what build declares, and random data.
func write(t testing.TB, path string, build func(*Writer), options ...Option) {
	t.Helper()
	w := Create(context.Background(), path, options...)
	defer w.Abort()
	build(w)
	random := rand.New(rand.NewPCG(7, 8))
	for _, tensor := range w.tensors {
		n, ok := tensor.dataSize()
		if !ok {
			t.Fatalf("%s has no size", tensor.Name)
		}
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

// written is write and Open.
func written(t testing.TB, build func(*Writer)) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.gguf")
	write(t, path, build)
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// small returns a valid file of a few hundred bytes with something of everything.
func small() []byte {
	keys := []KV{
		{Key: "general.architecture", Value: ValueOf("llama")},
		{Key: "llama.block_count", Value: ValueOf(uint32(1))},
		{Key: "x.words", Value: ArrayOf([]string{"ab", "", "c"})},
		{Key: "x.flags", Value: ArrayOf([]bool{true, false})},
		{Key: "x.nested", Value: ArrayOfArrays(ArrayOf([]int16{-1, 2}), ArrayOf([]string{"d"}))},
	}
	tensors := []*Tensor{
		{Name: "a.weight", Type: F32, Shape: []int{2, 3}},
		{Name: "b.weight", Type: Q8_0, Shape: []int{32}},
		{Name: "c", Type: F16},
	}
	p := plan{alignment: defaultAlignment, tensors: tensors}
	end := p.place()
	b := appendHeader(keys, tensors)
	b = append(b, make([]byte, padding(uint64(len(b)), defaultAlignment))...)
	for i := range end {
		b = append(b, byte(i*7+3))
	}
	return b
}

// compareContents fails where the metadata or the tensors of two files differ in anything but their places.
func compareContents(t testing.TB, got, want *File) {
	t.Helper()
	if err := sameContents(got, want); err != nil {
		t.Error(err)
	}
}

func sameContents(got, want *File) error {
	if len(got.Keys()) != len(want.Keys()) || len(got.Tensors()) != len(want.Tensors()) {
		return fmt.Errorf("%d keys and %d tensors, want %d and %d", len(got.Keys()), len(got.Tensors()), len(want.Keys()), len(want.Tensors()))
	}
	for i, kv := range want.Keys() {
		g := got.Keys()[i]
		if g.Key != kv.Key || string(appendPayload(nil, g.Value)) != string(appendPayload(nil, kv.Value)) {
			return fmt.Errorf("key %q is %v, want %q = %v", g.Key, g.Value.Any(8), kv.Key, kv.Value.Any(8))
		}
	}
	for i, w := range want.Tensors() {
		g := got.Tensors()[i]
		if g.Name != w.Name || g.Type != w.Type || !slices.Equal(g.Shape, w.Shape) || string(g.Bytes()) != string(w.Bytes()) {
			return fmt.Errorf("tensor %q %v %v, want %q %v %v with the same bytes", g.Name, g.Type, g.Shape, w.Name, w.Type, w.Shape)
		}
	}
	return nil
}
